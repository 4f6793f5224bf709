// What the last bytes of a stream say that was passed on undecoded.
#pragma once

#include <cstdint>
#include <string_view>

#include "chat/event.h"

namespace gateway {

// Reads the last "usage" or "usageMetadata" object in `tail`, in any protocol's spelling. Not known when
// there is none, or it began before `tail` does, or it says nothing of the input; the other counts stand all
// the same.
chat::Usage usage_in(std::string_view tail);

// Did OpenAI's stream of chunks say why it finishes? Some servers say nothing after that, not even "[DONE]".
bool says_why_finished(std::string_view tail);

// The number that the event after `tail` has where events are numbered (Responses); 0 if `tail` says none.
int64_t next_sequence(std::string_view tail);

}  // namespace gateway
