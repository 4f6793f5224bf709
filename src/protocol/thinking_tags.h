// Thinking that a model writes into its text, between <thinking> and </thinking> at the head of the answer,
// taken apart again.
//
// Only for answers to requests that asked for the tags: any other answer may speak of them. Text is escaped
// JSON, as everywhere; a delta may end anywhere but inside an escape.
#pragma once

#include <string>

#include "chat/event.h"

namespace protocol {

class ThinkingTags {
 public:
  // Passes `delta` on to `sink` as thinking or text, as far as it is decided which it is.
  void text(chat::Text delta, chat::Sink& sink);
  // No more text comes before something else does (a tool call, the end): what is held back goes out.
  void flush(chat::Sink& sink);

 private:
  enum class State : uint8_t {
    before,  // only white space so far
    inside,  // <thinking> was seen
    after,   // </thinking> was seen, and no text yet
    plain,   // text and nothing else
  };
  void step(chat::Sink& sink);
  bool before();
  bool inside(chat::Sink& sink);
  void emit(chat::Event::Type type, size_t size, chat::Sink& sink);

  State state_ = State::before;
  std::string held_;
  bool first_ = true;  // nothing of the thinking has gone out
  char last_ = 0;      // what went out last ends so
};

}  // namespace protocol
