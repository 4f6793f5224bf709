// Which conversation a request belongs to: prompt caches and thinking state live with the account that served
// it before.
#pragma once

#include <cstdint>

#include "chat/request.h"
#include "http/head.h"
#include "json/document.h"

namespace gateway {

// A hash that stays the same for all requests of one conversation: of the client's own session id where it
// sends one, else of how the conversation began.
uint64_t conversation_of(const http::Request& http, json::Value body, const chat::Request& request);

}  // namespace gateway
