#include "provider/google/models.h"

namespace provider::google {

namespace {
constexpr int64_t kInput = 1'048'576, kOutput = 65'536;
}

Model budget_model(std::string id, int64_t min, int64_t max, bool can_be_off) {
  Model model;
  model.id = std::move(id);
  model.thinking = "budget";
  model.budget_min = min;
  model.budget_max = max;
  model.thinking_can_be_off = can_be_off;
  model.max_input = kInput;
  model.max_output = kOutput;
  return model;
}

Model level_model(std::string id, std::string levels) {
  Model model;
  model.id = std::move(id);
  model.thinking = "level";
  model.levels = std::move(levels);
  model.thinking_can_be_off = false;
  model.signatures_required = true;
  model.max_input = kInput;
  model.max_output = kOutput;
  return model;
}

}  // namespace provider::google
