// Anthropic Messages: what the encoders of a stream and of a whole answer share: the events by kind of block,
// and how an answer ends.
#pragma once

#include <string>

#include "protocol/anthropic.h"

namespace protocol::anthropic {

class AnswerEncoder : public Encoder {
 public:
  void event(const chat::Event& event) final;
  void usage(const chat::Usage& usage) final { usage_ = usage; }

 protected:
  explicit AnswerEncoder(const Stamp& stamp) : id_(stamp.id), model_(stamp.model) {}

  virtual void text(chat::Text text) = 0;
  virtual void thinking(chat::Text text) = 0;
  virtual void signature(const chat::Signature& proof) = 0;
  virtual void redacted(const chat::Signature& proof) = 0;
  virtual void tool_call(const chat::Event& event) = 0;
  virtual void tool_input(const chat::Arguments& arguments) = 0;
  virtual void close() = 0;  // the block that is open, if one is
  virtual void search(const chat::Event& event) = 0;

  // Appends the members of the end: "stop_reason":"end_turn","stop_sequence":null,"stop_details":null
  void append_ending();

  enum class Open : uint8_t { nothing, text, thinking, tool };
  std::string id_, model_, stop_sequence_;
  chat::Usage usage_;
  chat::Finish finish_ = chat::Finish::stop;
  Open open_ = Open::nothing, last_ = Open::nothing;
  size_t searches_ = 0;
};

}  // namespace protocol::anthropic
