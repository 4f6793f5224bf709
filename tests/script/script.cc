#include "script/script.h"

#include "base/text.h"

namespace script {

namespace {
constexpr std::string_view kIndent = "  ";

// Blank lines at the end of a block separate it from the next step.
void drop_blank_end(std::string& body) {
  while (body.ends_with("\n\n") || body == "\n") body.pop_back();
}
}  // namespace

std::vector<Step> parse(std::string_view text) {
  std::vector<Step> steps;
  for (size_t number = 1; !text.empty(); number++) {
    std::string_view line = base::take_until(text, '\n');
    if (line.starts_with('#')) continue;
    bool inside = line.empty() || line.starts_with(kIndent);
    if (inside) {
      if (!steps.empty()) steps.back().body.append(line.empty() ? line : line.substr(2)).append("\n");
      continue;
    }
    if (!steps.empty()) drop_blank_end(steps.back().body);
    Step step;
    step.line = number;
    step.rest = line;
    step.verb = take_word(step.rest);
    steps.push_back(std::move(step));
  }
  if (!steps.empty()) drop_blank_end(steps.back().body);
  return steps;
}

std::string take_word(std::string& rest) {
  std::string_view left = base::trim(rest);
  std::string word(base::take_until(left, ' '));
  rest = std::string(base::trim(left));
  return word;
}

Message read_message(std::string_view block, bool has_start) {
  Message message;
  if (has_start) message.start = base::take_until(block, '\n');
  while (!block.empty() && block[0] != '\n') {
    std::string_view value = base::take_until(block, '\n');
    std::string name(base::take_until(value, ':'));
    message.headers.emplace_back(name, base::trim(value));
  }
  if (!block.empty()) block.remove_prefix(1);
  message.body = block;
  if (message.body.ends_with('\n')) message.body.pop_back();
  return message;
}

}  // namespace script
