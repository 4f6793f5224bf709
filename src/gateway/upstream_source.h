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
  // `is_json`: the answer calls itself JSON. All references must outlive the source.
  UpstreamSource(protocol::Framing framing, bool is_json, protocol::Decoder& decoder, AnswerFilter& filter);

  // The next bytes. They are not needed after the call.
  void chunk(std::string_view bytes);
  // There are no more; `broken`: they ended before their time.
  void close(bool broken);

  // AWS frames: the upstream's own error, for its provider to judge: what type it gave it
  // ("ThrottlingException", may be empty) and its body. Both empty unless an error came inside the answer.
  const std::string& refusal_type() const { return refusal_type_; }
  const std::string& refusal() const { return refusal_; }

 private:
  enum class Shape : uint8_t { unknown, document, sse, frames };
  void sniff(std::string_view bytes);
  void drain_sse();
  void drain_frames();
  void gather(std::string_view bytes);
  void note_refusal(std::string_view name, std::string_view data);
  bool pass(std::string_view name, std::string_view data);

  bool judged_;  // are errors inside the answer for the provider?
  Shape shape_;
  http::SseDecoder sse_;
  http::EventStreamDecoder frames_;
  std::string whole_;  // of a document
  std::string refusal_type_, refusal_;
  protocol::Decoder& decoder_;
  AnswerFilter& filter_;
};

// What ends an answer for want of the upstream's own words.
chat::Error upstream_silent();

}  // namespace gateway
