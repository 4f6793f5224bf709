// The beginning of an answer that will be passed on as it is: held back until it is known to be an answer and
// not an error, since nothing that the client has seen can be taken back.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/sse.h"
#include "protocol/protocol.h"

namespace gateway {

class Opening final : public chat::Sink {
 public:
  explicit Opening(const protocol::Protocol& wire);

  // The next bytes of a stream. True once the answer has begun or failed: then no more is to be fed.
  bool feed(std::string_view chunk);
  // The stream ended before that.
  void close(bool broken);
  // A whole answer, one JSON document.
  void whole(std::string_view body);

  const std::optional<chat::Error>& error() const { return error_; }
  // All that was fed.
  const std::string& held() const { return held_; }
  // What a whole answer says of its tokens, or a stream up to its beginning.
  const chat::Usage& tokens() const { return usage_; }

  void event(const chat::Event& event) override;
  void usage(const chat::Usage& usage) override { usage_ = usage; }
  void end() override { begun_ = true; }
  void fail(const chat::Error& error) override { error_ = error; }

 private:
  std::unique_ptr<protocol::Decoder> decoder_;
  http::SseDecoder events_;
  std::string held_;
  std::optional<chat::Error> error_;
  chat::Usage usage_;
  bool begun_ = false;
};

}  // namespace gateway
