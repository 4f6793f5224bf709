// The token counts that stand at the end of a stream which was passed on undecoded.
#pragma once

#include <string_view>

#include "chat/event.h"

namespace gateway {

// Reads the last "usage" or "usageMetadata" object in `tail`, in any protocol's spelling. Not known when
// there is none, or it began before `tail` does, or it says nothing of the input; the other counts stand all
// the same.
chat::Usage usage_in(std::string_view tail);

}  // namespace gateway
