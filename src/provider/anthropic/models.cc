#include "provider/anthropic/models.h"

namespace provider::anthropic_models {

namespace {

constexpr std::string_view kSix = "low,medium,high,max", kAll = "low,medium,high,xhigh,max";
constexpr int64_t kMillion = 1'000'000, kOld = 200'000;

// Most capable first. The last two are for names that are not here.
constexpr Traits kTable[] = {
    {"claude-fable-5-2", "", "adaptive", kAll, false, false, false, kMillion, 128'000},
    {"claude-fable-5-1", "", "adaptive", kAll, false, false, false, kMillion, 128'000},
    {"claude-fable-5", "", "adaptive", kAll, false, false, false, kMillion, 128'000},
    {"claude-opus-5-5", "", "adaptive", kAll, false, false, false, kMillion, 128'000},
    {"claude-opus-5", "", "adaptive", kAll, true, false, false, kMillion, 128'000},
    {"claude-opus-4-8", "", "adaptive", kAll, true, false, false, kMillion, 128'000},
    {"claude-opus-4-7", "", "adaptive", kAll, true, false, false, kMillion, 128'000},
    {"claude-opus-4-6", "", "adaptive", kSix, true, true, false, kMillion, 128'000},
    {"claude-sonnet-5-5", "", "between_tools", kAll, true, false, false, kMillion, 128'000},
    {"claude-sonnet-5", "", "adaptive", kAll, true, false, false, kMillion, 128'000},
    {"claude-sonnet-4-6", "", "adaptive", kSix, true, true, false, kMillion, 64'000},
    {"claude-haiku-5-5", "", "adaptive", kAll, true, false, false, kMillion, 128'000},
    {"claude-opus-4-5", "claude-opus-4-5-20251101", "budget", "", true, true, true, kOld, 64'000},
    {"claude-sonnet-4-5", "claude-sonnet-4-5-20250929", "budget", "", true, true, true, kOld, 64'000},
    {"claude-haiku-4-5", "claude-haiku-4-5-20251001", "budget", "", true, true, true, kOld, 64'000},
};
constexpr Traits kNewClaude{"", "", "adaptive", kAll, false, false, false, kMillion, 128'000};
constexpr Traits kOther{"", "", "budget", "", true, true, true, 0, 0};

Model model_of(const Traits& traits, std::string_view name) {
  Model model;
  model.id = name;
  if (!traits.dated.empty() && name == traits.id) model.aliases = {std::string(traits.dated)};
  model.thinking = traits.thinking;
  model.levels = traits.levels;
  model.thinking_can_be_off = traits.thinking_can_be_off;
  model.max_input = traits.max_input;
  model.max_output = traits.max_output;
  return model;
}

}  // namespace

const Traits& traits_of(std::string_view name) {
  const Traits* best = nullptr;
  for (const Traits& traits : kTable) {
    if (name.starts_with(traits.id) && (!best || traits.id.size() > best->id.size())) best = &traits;
  }
  if (best) return *best;
  return name.starts_with("claude-") ? kNewClaude : kOther;
}

std::vector<Model> built_in() {
  std::vector<Model> models;
  for (const Traits& traits : kTable) models.push_back(model_of(traits, traits.id));
  return models;
}

Model describe(std::string_view name) { return model_of(traits_of(name), name); }

}  // namespace provider::anthropic_models
