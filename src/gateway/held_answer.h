// A generation's answer that is wanted by the gateway itself: to keep it, or to make something else of it.
//
// A stream goes on to the client while it is watched, and only its end waits. A whole answer waits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/sse.h"

namespace gateway {

class HeldAnswer {
 public:
  HeldAnswer();

  // Bytes of a Responses stream on their way to the client.
  void see(std::string_view bytes);
  // The whole answer, instead of sending it.
  void take(int status, std::string_view content_type, std::string body);
  void end_stream() { stream_ended_ = true; }

  // The finished response object; empty if the answer failed or has not ended.
  const std::string& response() const { return response_; }
  bool stream_ended() const { return stream_ended_; }
  int status() const { return status_; }  // of a whole answer; 0: there is none
  const std::string& content_type() const { return content_type_; }
  std::string& body() { return status_ == 200 ? response_ : body_; }

 private:
  http::SseDecoder events_;
  std::string response_, content_type_, body_;
  int status_ = 0;
  bool stream_ended_ = false;
};

}  // namespace gateway
