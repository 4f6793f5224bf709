// The body of a chat completion as Qwen wants it.
#pragma once

#include <string>

#include "provider/provider.h"

namespace provider::qwen_service {

// Rewrites the body that stands in `out` from `body_at` on: one system message, thinking in Qwen's words, and
// no field that it refuses. Rules: docs/providers/qwen.md.
void edit_body(const Call& call, std::string& out, size_t body_at);

}  // namespace provider::qwen_service
