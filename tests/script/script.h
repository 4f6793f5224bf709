// A conversation in a text file, read into steps. README.md explains the language.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace script {

struct Step {
  size_t line = 0;
  std::string verb;
  std::string rest;  // of the verb's line
  std::string body;  // the indented lines below it, each with its line end
};

std::vector<Step> parse(std::string_view text);

// Takes the next word off `rest`.
std::string take_word(std::string& rest);

// An HTTP-like block: first line (only with `has_start`), header lines, a blank line, the rest.
struct Message {
  std::string start;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // without its last line end
};
Message read_message(std::string_view block, bool has_start);

}  // namespace script
