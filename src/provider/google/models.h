// The Gemini models that Google's doors share, with their thinking controls.
// Source: Google's model pages and the tables of its own CLI, as collected on 2026-11.
#pragma once

#include <vector>

#include "provider/provider.h"

namespace provider::google {

// 2.5: thinking by budget; 3 and later: by level, and tool calls must bring their signature back.
Model budget_model(std::string id, int64_t min, int64_t max, bool can_be_off);
Model level_model(std::string id, std::string levels);

}  // namespace provider::google
