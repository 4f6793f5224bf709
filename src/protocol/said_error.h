// An error that an upstream says inside an answer which began as a success.
#pragma once

#include "chat/error.h"
#include "json/document.h"

namespace protocol {

// `error`: the inner object of any of the error shapes of OpenAI, Anthropic and Google, or a mere string.
// What it says of its kind, by number or by word, becomes fault and status; a kind that is not known is the
// upstream's own trouble.
chat::Error said_error(json::Value error);

}  // namespace protocol
