// An upstream's bytes as events for a decoder, however the upstream cuts them: server-sent events, AWS
// frames, or one JSON document.
#pragma once

#include <string>
#include <string_view>

#include "gateway/answer_filter.h"
#include "http/event_stream.h"
#include "http/sse.h"
#include "protocol/protocol.h"

namespace gateway {

class UpstreamSource {
 public:
  // The references must outlive the source.
  UpstreamSource(protocol::Framing framing, protocol::Decoder& decoder, AnswerFilter& filter);

  // The next bytes. They are not needed after the call.
  void chunk(std::string_view bytes);
  // There are no more; `broken`: they ended before their time.
  void close(bool broken);

 private:
  enum class Shape : uint8_t { unknown, document, sse, frames };
  void sniff(std::string_view bytes);
  void drain_sse();
  void drain_frames();
  void gather(std::string_view bytes);
  bool pass(std::string_view name, std::string_view data);

  Shape stream_;  // the upstream's own
  Shape shape_ = Shape::unknown;
  http::SseDecoder sse_;
  http::EventStreamDecoder frames_;
  std::string whole_;  // of a document
  protocol::Decoder& decoder_;
  AnswerFilter& filter_;
};

// What ends an answer for want of the upstream's own words.
chat::Error upstream_silent();

}  // namespace gateway
