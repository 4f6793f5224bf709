// What is wrong with a value of a client's body, in Anthropic's own spelling
// ("messages.1.content.0.text.text: Field required"): clients adapt to errors that name a field.
#pragma once

#include <string_view>

#include "chat/error.h"
#include "protocol/place.h"

namespace protocol::anthropic {

// "<place>: <what>", a 400.
chat::Error refused(const Place& place, std::string_view what);
// "<place>: Field required"
chat::Error required(const Place& place);
// "<place>: Input should be <what>", or required() if there is no value at all.
chat::Error expected(const Place& place, bool present, std::string_view what);

}  // namespace protocol::anthropic
