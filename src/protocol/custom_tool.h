// Tools that take free text, on their way to upstreams that know only functions, and back.
//
// A free-text tool becomes a function with one string, `input`. Decoders hand every call's arguments on as
// JSON, so a call of such a tool reaches an encoder as {"input": "..."}, whoever answered.
#pragma once

#include <string>
#include <string_view>

#include "chat/request.h"

namespace protocol {

// The schema of the function that stands in for a free-text tool.
extern const std::string_view kCustomSchema;

// What to tell a model of `tool`: its description and, of a free-text tool that goes as a function, the
// grammar of the input, for which a function has no field. The view is the description itself or `scratch`.
chat::Text description_of(const chat::Tool& tool, std::string& scratch);

// Appends {"input":"<input>"} as the inside of a JSON string; `input` is escaped text.
void append_custom_arguments(chat::Text input, std::string& out);

// Takes `input` out of arguments that arrive in pieces, and gives it on as escaped text. A piece of the
// result is a valid JSON string by itself: escapes and surrogate pairs are never cut in two.
class CustomInput {
 public:
  // Appends to `out` what `piece` adds to the input.
  void feed(const chat::Arguments& piece, std::string& out);
  // No more pieces. If there was no string named `input`, all of the arguments are the input.
  void end(std::string& out);

 private:
  enum class State : uint8_t { before, key, after_key, value, skipped, input, done };
  void take(char c, std::string_view spelled, std::string& out);
  void in_object(char c);
  void take_key(char c);
  void skip(char c);
  void take_input(char c, std::string_view spelled, std::string& out);
  void go_on_with_escape(char c, std::string_view spelled, std::string& out);
  std::string_view open_escape() const;

  State state_ = State::before;
  std::string key_;   // the member's name so far
  std::string held_;  // an escape, or a high surrogate, that waits for its rest
  std::string all_;   // escaped arguments, kept until the input begins
  int depth_ = 0;     // of a value that is skipped
  bool quoted_ = false, escape_ = false;
};

}  // namespace protocol
