// A compacted conversation that this gateway made: the summary of what went before, in the slot where OpenAI
// keeps an encrypted one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "chat/error.h"
#include "chat/request.h"

namespace protocol {

// What a model is asked for, as the last word of the conversation; escaped text.
extern const chat::Text kSummaryTask;

// Appends the slot's text for `summary` (escaped text). It needs no escapes.
void append_compaction(chat::Text summary, std::string& out);

// The summary in `slot`, escaped, in `arena`; nothing if the slot was not filled by append_compaction.
std::optional<chat::Text> read_compaction(chat::Text slot, base::Arena& arena);

// The model said nothing that could be one.
chat::Error no_summary();

}  // namespace protocol
