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

// Takes out what the upstream would refuse for its size, and the oldest of too many; a note stands in its
// place, since one bad image of long ago spoils every turn that follows. False: one of the last turn is too
// large, which the person should know.
bool limit_media(std::vector<Turn>& turns, int64_t max_image, int64_t max_media);

// Adds `text` to escaped text, a blank line between.
void add_paragraph(std::string& to, std::string_view text);

}  // namespace protocol::codewhisperer
