// An upstream's events in the frames that the client asked for: without the envelope that some upstreams put
// around them, as server-sent events or as the elements of one JSON array. The events themselves keep their
// bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/sse.h"
#include "json/document.h"

namespace gateway {

class Reframe {
 public:
  // `envelope`: the member that holds the event, or empty. Static storage. `fills`: the events are those of
  // Responses, whose last one is given the output that it leaves out.
  Reframe(std::string_view envelope, bool array, bool fills);

  // Appends the frames of the events that `chunk` completes. False: an event is too large.
  bool feed(std::string_view chunk, std::string& out);
  // The rest, and the end of an array.
  void close(std::string& out);
  // An error as the last element: `error` is a JSON object.
  void fail(std::string_view error, std::string& out);

 private:
  bool drain(std::string& out);
  void frame(std::string_view event, std::string& out);
  std::string_view filled(std::string_view event);

  std::string_view envelope_;
  bool array_, fills_, begun_ = false;
  std::vector<std::string> items_;  // by their place in the output
  std::string last_;
  http::SseDecoder events_;
  json::Document document_;
};

// The wire's own document within `body`, which may be wrapped in `envelope`. A view into `body`.
std::string_view unwrapped(std::string_view envelope, std::string_view body, json::Document& document);

}  // namespace gateway
