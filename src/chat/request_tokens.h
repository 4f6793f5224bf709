// How many input tokens a request takes: its texts, its tools, its media, by the rules of the model's family.
#pragma once

#include <cstdint>
#include <string_view>

#include "chat/request.h"

namespace chat {

struct InputTokens {
  int64_t text = 0;   // texts, tools and what the family adds around them
  int64_t media = 0;  // images, documents, sound
  int64_t total() const { return text + media; }
};

// `model`: its name, which tells the family ("claude", "gemini", else OpenAI).
InputTokens estimate_input(const Request& request, std::string_view model);

}  // namespace chat
