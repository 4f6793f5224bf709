// What Anthropic's models take. The table is of November 2026; names that are not in it are guessed from
// their beginning.
#pragma once

#include <string_view>
#include <vector>

#include "provider/provider.h"

namespace provider::anthropic_models {

struct Traits {
  std::string_view id;
  std::string_view dated;     // the same model by its dated name, or empty
  std::string_view thinking;  // "budget", "adaptive", "between_tools" (adaptive; that is its way to be off)
  std::string_view levels;    // of effort
  bool thinking_can_be_off;
  bool sampling;  // takes temperature, top_p, top_k
  bool prefill;   // goes on with an answer that the client has begun
  int64_t max_input, max_output;
};

// The traits of `name`: its own, those of the model whose name it goes on from ("claude-opus-5-5-20260922"),
// those of the newest for another Claude, or the least common ones for a model of somebody else.
const Traits& traits_of(std::string_view name);

std::vector<Model> built_in();
// `name` with its traits.
Model describe(std::string_view name);

}  // namespace provider::anthropic_models
