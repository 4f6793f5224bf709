// Anthropic Messages: how the model is to think. A budget of tokens (older models) or adaptive with an effort
// (newer ones); the provider says which. Some cannot do without, and some stop at thinking between tools. The
// service refuses thinking beside a forced tool, and with a budget also in a tool loop whose last answer does
// not begin with a thought of its own.
#include <algorithm>

#include "protocol/anthropic_write.h"
#include "protocol/effort.h"

namespace protocol::anthropic {

namespace {

using chat::Block;
using chat::Request;
using Effort = chat::Thinking::Effort;
using Kind = Block::Kind;

constexpr int64_t kLeastBudget = 1024;
constexpr int64_t kUnsaidMaxTokens = 8192;  // what the oldest models still served can say

constexpr std::string_view kBetweenTools = "between_tools";

int64_t max_tokens_of(const Request& request, const Target& target) {
  int64_t asked = request.max_tokens.empty() ? 0 : base::number_to_int(request.max_tokens).value_or(0);
  if (asked <= 0) return target.max_output ? target.max_output : kUnsaidMaxTokens;
  return target.max_output ? std::min(asked, target.max_output) : asked;
}

bool forces_tool(const Request& request, const Target& target) {
  using Mode = chat::ToolChoice::Mode;
  if (request.tool_choice.search && target.web_search) return true;
  return !request.tools.empty() &&
         (request.tool_choice.mode == Mode::required || request.tool_choice.mode == Mode::named);
}

bool begins_with_thought(const Request& request, const chat::Message& message, const Target& target) {
  for (size_t i = message.first; i < message.first + message.count; i++) {
    const Block& block = request.blocks[i];
    if (block.kind == Kind::thinking && target.accepts(block.signature, Origin::anthropic)) return true;
    if (block.kind == Kind::tool_call || (block.kind == Kind::text && !is_blank(block.body))) return false;
  }
  return false;
}

// Is the last answer one that the model goes on with (unfinished, or waiting for results), without a thought
// at its beginning?
bool lacks_thought(const Request& request, const Target& target) {
  size_t at = request.messages.size();
  if (at && request.messages[at - 1].role == chat::Role::user) {
    const chat::Message& user = request.messages[--at];
    bool answers = false;
    for (size_t i = user.first; i < user.first + user.count; i++) {
      answers |= request.blocks[i].kind == Kind::tool_result;
    }
    if (!answers) return false;
  }
  return at && !begins_with_thought(request, request.messages[at - 1], target);
}

// What the client asks for: a budget, an effort, thoughts to see, or nothing.
bool asks(const chat::Thinking& thinking) {
  return !thinking.budget.empty() || thinking.include == "true" || thinking.effort > Effort::none;
}

int64_t budget_for(const chat::Thinking& thinking, int64_t said, const Target& target) {
  int64_t budget = said;
  if (thinking.budget.empty()) budget = budget_of(thinking.effort).value_or(-1);
  if (budget < 0) budget = budget_of(Effort::medium).value_or(0);  // as much as the model likes
  if (target.budget_max) budget = std::min(budget, target.budget_max);
  return std::max({budget, target.budget_min, kLeastBudget});
}

}  // namespace

bool is_adaptive(const Target& target) {
  return target.thinking == "adaptive" || target.thinking == kBetweenTools;
}

Plan plan_of(const Request& request, const Target& target) {
  Plan plan;
  plan.max_tokens = max_tokens_of(request, target);
  if (target.thinking.empty()) return plan;
  const chat::Thinking& thinking = request.thinking;
  int64_t said = thinking.budget.empty() ? -1 : base::number_to_int(thinking.budget).value_or(-1);
  bool refuses = thinking.budget.empty() ? thinking.effort == Effort::none : said == 0;
  if (refuses) {
    plan.thinking = target.thinking_can_be_off ? Plan::Thinking::off : Plan::Thinking::unset;
    if (target.thinking == kBetweenTools) plan.thinking = Plan::Thinking::between_tools;
    if (!target.thinking_can_be_off) plan.effort = Effort::low;
    return plan;
  }
  if (!asks(thinking)) return plan;
  if (is_adaptive(target)) {
    plan.effort = thinking.budget.empty() ? thinking.effort : effort_of_budget(said);
    // An effort by itself does not switch thinking on for a client that did not ask to see any.
    bool on = !thinking.budget.empty() || thinking.include != "false";
    if (on && !forces_tool(request, target)) plan.thinking = Plan::Thinking::adaptive;
    return plan;
  }
  if (forces_tool(request, target) || lacks_thought(request, target)) return plan;
  plan.budget = budget_for(thinking, said, target);
  // The answer needs room as well: half of what may be said, if the budget would take it all.
  if (plan.budget >= plan.max_tokens) plan.budget = plan.max_tokens / 2;
  if (plan.budget >= kLeastBudget) plan.thinking = Plan::Thinking::budget;
  return plan;
}

void write_thinking(json::Writer& w, const Request& request, const Plan& plan) {
  if (plan.thinking == Plan::Thinking::unset) return;
  w.key("thinking").begin_object().key("type");
  bool hidden = request.thinking.include == "false";
  switch (plan.thinking) {
    case Plan::Thinking::off: w.raw("\"disabled\""); break;
    case Plan::Thinking::between_tools: w.text(kBetweenTools); break;
    case Plan::Thinking::budget:
      w.raw("\"enabled\"").key("budget_tokens").number(plan.budget);
      if (hidden) w.key("display").raw("\"omitted\"");
      break;
    default: w.raw("\"adaptive\"").key("display").raw(hidden ? "\"omitted\"" : "\"summarized\"");
  }
  w.end_object();
}

std::string_view level_of(std::string_view levels, Effort effort) {
  if (levels.empty()) levels = "low,medium,high,xhigh,max";
  return nearest_level(levels, effort);
}

}  // namespace protocol::anthropic
