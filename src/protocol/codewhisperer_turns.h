// A conversation as CodeWhisperer wants it: turns that alternate, begin and end with the user, are never
// empty, and in which every tool use is followed by its result and every result follows its use. Breaking any
// of these is a 400.
#pragma once

#include <string>
#include <vector>

#include "chat/request.h"

namespace protocol::codewhisperer {

struct ToolResult {
  chat::Text id;
  std::string text;  // escaped
  bool is_error = false;
};

struct Turn {
  chat::Role role = chat::Role::user;
  std::string text;                       // escaped; empty only while the turn is made
  std::vector<ToolResult> results;        // user
  std::vector<const chat::Block*> media;  // user
  std::vector<const chat::Block*> calls;  // assistant
  const chat::Block* thinking = nullptr;  // assistant: the last block of it
};

// At least one turn; the last is the user's. Pointers into `request`.
std::vector<Turn> turns_of(const chat::Request& request);

// Adds `text` to escaped text, a blank line between.
void add_paragraph(std::string& to, std::string_view text);

}  // namespace protocol::codewhisperer
