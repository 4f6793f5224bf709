// Which conversation a request belongs to: prompt caches and thinking state live with the account that served
// it before.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "chat/request.h"
#include "http/head.h"
#include "json/document.h"

namespace gateway {

// A hash that stays the same for all requests of one conversation: of the client's own session id where it
// sends one, else of how the conversation began. A sub-agent's conversation is its own.
uint64_t conversation_of(const http::Request& http, json::Value body, const chat::Request& request);

// The answer `id` (its stamp) belongs to `session`: a later request that names the answer and brings no
// history finds its way back. Bounded: the oldest are forgotten.
void remember_answer(std::string_view id, uint64_t session);

// The same as a UUID, for upstreams that want one.
std::string uuid_of(uint64_t conversation);

}  // namespace gateway
