// The words for reasoning effort, shared by every surface that has them.
#pragma once

#include <optional>
#include <string_view>

#include "chat/request.h"

namespace protocol {

// "none" ... "max"; nothing for any other word.
std::optional<chat::Thinking::Effort> effort_of(std::string_view word);
std::string_view word_of(chat::Thinking::Effort effort);

// The ladder between efforts and budgets in tokens; nothing for `unset`.
std::optional<int64_t> budget_of(chat::Thinking::Effort effort);
chat::Thinking::Effort effort_of_budget(int64_t tokens);

// The level of `levels` ("low,high", ascending) that is nearest to `effort`, a lower one before a higher;
// never "none" for an effort.
std::string_view nearest_level(std::string_view levels, chat::Thinking::Effort effort);

}  // namespace protocol
