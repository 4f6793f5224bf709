// Client keys: who may call. Known by the SHA-256 of the key only; compared in constant time.
#pragma once

#include <string>
#include <string_view>

#include "base/task.h"
#include "http/head.h"

namespace account {

// The key a client presented: Authorization: Bearer, x-api-key, x-goog-api-key or ?key=, in this order. Empty
// = none.
std::string presented_key(const http::Request& request);

// Is `key` one of the API_KEY variable, or of the keys stored in KV under "key:<sha256 hex>" (read at most
// once a minute)?
base::Task<bool> client_allowed(uint32_t req, std::string key);
bool admin_allowed(std::string_view key);

}  // namespace account
