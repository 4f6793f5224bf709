#include "protocol/effort.h"

#include <cstdlib>

#include "base/text.h"

namespace protocol {

namespace {
using Effort = chat::Thinking::Effort;

struct Step {
  Effort effort;
  std::string_view word;
  int64_t budget;  // tokens; Google's documented ladder for its OpenAI endpoint, continued upwards
};
constexpr Step kLadder[] = {
    {Effort::none, "none", 0},        {Effort::minimal, "minimal", 512}, {Effort::low, "low", 1024},
    {Effort::medium, "medium", 8192}, {Effort::high, "high", 24576},     {Effort::xhigh, "xhigh", 32768},
    {Effort::max, "max", 128000},
};
}  // namespace

std::optional<Effort> effort_of(std::string_view word) {
  for (const Step& step : kLadder) {
    if (step.word == word) return step.effort;
  }
  return std::nullopt;
}

std::string_view word_of(Effort effort) {
  for (const Step& step : kLadder) {
    if (step.effort == effort) return step.word;
  }
  return {};
}

std::optional<int64_t> budget_of(Effort effort) {
  for (const Step& step : kLadder) {
    if (step.effort == effort) return step.budget;
  }
  return std::nullopt;
}

Effort effort_of_budget(int64_t tokens) {
  if (tokens < 0) return Effort::unset;  // dynamic: the model decides
  for (const Step& step : kLadder) {
    if (tokens <= step.budget) return step.effort;
  }
  return Effort::max;
}

std::string_view nearest_level(std::string_view levels, Effort effort) {
  std::string_view best;
  int best_distance = 100;
  while (!levels.empty()) {
    std::string_view level = base::take_until(levels, ',');
    Effort known = effort_of(level).value_or(Effort::medium);
    int distance = std::abs(int(known) - int(effort));
    bool off = known == Effort::none && effort != Effort::none;
    if (off || distance >= best_distance) continue;
    best = level;
    best_distance = distance;
  }
  return best;
}

}  // namespace protocol
