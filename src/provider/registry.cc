// The list of providers: one line each.
#include <algorithm>

#include "provider/anthropic/anthropic.h"
#include "provider/antigravity/antigravity.h"
#include "provider/codex/codex.h"
#include "provider/copilot/copilot.h"
#include "provider/gemini/gemini.h"
#include "provider/gemini_cli/gemini_cli.h"
#include "provider/iflow/iflow.h"
#include "provider/kiro/kiro.h"
#include "provider/openai/openai.h"
#include "provider/provider.h"
#include "provider/qwen/qwen.h"

namespace provider {

std::span<const Provider* const> all() {
  static const Provider* const kAll[] = {
      // The Gemini CLI comes after Qwen and iFlow, whose credential files have all that its own has, and
      // more.
      &gemini(),    &qwen(), &iflow(), &gemini_cli(), &antigravity(),
      &anthropic(), &kiro(), &codex(), &copilot(),    &openai(),
  };
  return kAll;
}

const Provider* find(std::string_view id) {
  for (const Provider* provider : all()) {
    if (provider->id() == id) return provider;
    auto aliases = provider->aliases();
    if (std::find(aliases.begin(), aliases.end(), id) != aliases.end()) return provider;
  }
  return nullptr;
}

}  // namespace provider
