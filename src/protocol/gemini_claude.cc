#include "protocol/gemini_claude.h"

#include <algorithm>

#include "base/text.h"
#include "protocol/effort.h"
#include "protocol/gemini.h"

namespace protocol::gemini {

namespace {

using chat::Block;
using chat::Request;
using Kind = Block::Kind;
using Mode = chat::ToolChoice::Mode;
using Effort = chat::Thinking::Effort;

// What a client that only asks to see thoughts gets.
constexpr Effort kUsualEffort = Effort::high;

bool has_proof(const Request& request, const chat::Message& message, const Target& target) {
  for (size_t i = message.first; i < message.first + message.count; i++) {
    const Block& block = request.blocks[i];
    if (block.kind == Kind::thinking && is_of_family(block.signature, target)) return true;
  }
  return false;
}

bool calls(const Request& request, const chat::Message& message) {
  for (size_t i = message.first; i < message.first + message.count; i++) {
    if (request.blocks[i].kind == Kind::tool_call) return true;
  }
  return false;
}

// Does a turn of the loop that is going on call a tool without the thought that led there?
bool lacks_proof(const Request& request, const Target& target) {
  for (size_t i = active_turn(request); i < request.messages.size(); i++) {
    const chat::Message& message = request.messages[i];
    if (message.role != chat::Role::assistant || !calls(request, message)) continue;
    if (!has_proof(request, message, target)) return true;
  }
  return false;
}

int64_t wanted_budget(const chat::Thinking& thinking) {
  if (auto budget = base::number_to_int(thinking.budget)) return *budget;
  bool only_seen = thinking.effort == Effort::unset && thinking.include == "true";
  return budget_of(only_seen ? kUsualEffort : thinking.effort).value_or(0);
}

}  // namespace

ClaudeThinking claude_thinking(const Request& request, const Target& target) {
  ClaudeThinking to;
  if (auto limit = base::number_to_int(request.max_tokens)) {
    to.max_output = target.max_output ? std::min(*limit, target.max_output) : *limit;
  }
  int64_t wanted = target.thinking.empty() ? 0 : wanted_budget(request.thinking);
  if (wanted == 0 || lacks_proof(request, target)) return to;
  if (to.max_output == 0) to.max_output = target.max_output;
  if (wanted < 0) wanted = target.budget_max;  // dynamic
  int64_t budget = std::clamp(wanted, target.budget_min, target.budget_max);
  if (to.max_output) budget = std::min(budget, to.max_output - 1);
  if (budget >= target.budget_min) to.budget = budget;
  return to;
}

bool is_of_family(const chat::Signature& signature, const Target& target) {
  if (!target.accepts(signature, Origin::gemini)) return false;
  if (!target.native_schema) return true;
  // Anthropic's begins with E, whose base64 is R and one of these.
  chat::Text text = signature.text;
  bool of_claude = text.size() > 1 && text[0] == 'R' &&
                   ((text[1] >= 'Q' && text[1] <= 'Z') || (text[1] >= 'a' && text[1] <= 'f'));
  return of_claude == target.claude;
}

bool needs_no_tools(const Request& request) {
  if (request.tool_choice.mode != Mode::none) return false;
  return std::none_of(request.blocks.begin(), request.blocks.end(),
                      [](const Block& block) { return block.kind == Kind::tool_call; });
}

std::string choice_in_words(const Request& request) {
  if (request.tools.empty()) return {};
  switch (request.tool_choice.mode) {
    case Mode::none:
      return needs_no_tools(request) ? "" : "Answer in words. Do not call a tool in this turn.";
    case Mode::required:
    case Mode::named: break;
    default: return {};
  }
  std::string names;
  for (chat::Text name : request.tool_choice.names) names.append(names.empty() ? "" : ", ").append(name);
  if (names.empty()) return "Call at least one of the tools in this turn; do not answer in words alone.";
  return "Call one of these tools in this turn: " + names + ". Do not answer in words alone.";
}

}  // namespace protocol::gemini
