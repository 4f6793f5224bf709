// A conversation that has outgrown its model, said so that the client knows: coding agents shorten it and go
// on, but each listens for the words of its own vendor.
#pragma once

#include <cstdint>
#include <string_view>

#include "chat/error.h"
#include "protocol/protocol.h"

namespace gateway {

// Does an upstream, any that we know, mean this?
bool is_overflow(const chat::Error& error);

// Says an overflow in the words of `surface`, with the counts that the upstream gave; `max_input` is the
// model's limit where it gave none (0 = unknown). Any other error stays as it is.
void say_overflow(chat::Error& error, protocol::Origin surface, int64_t max_input);

}  // namespace gateway
