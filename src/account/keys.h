// Client keys: who may call. Known by the SHA-256 of the key only; compared in constant time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "account/client_key.h"
#include "base/task.h"
#include "http/head.h"

namespace account {

// The key a client presented: Authorization: Bearer, x-api-key, x-goog-api-key or ?key=, in this order. Empty
// = none.
std::string presented_key(const http::Request& request);

// What `key` may do, if it is one of the API_KEY variable, or of those stored in KV (read at most once a
// minute; while storage fails, what is remembered of the key holds on). Null: nobody's key. Nothing: storage
// failed, and nothing is known of it. One that has expired is found: whether it still works is the caller's
// question.
base::Task<std::optional<ClientKeyPtr>> find_client(uint32_t req, std::string key);
// A key was changed through this instance, which is not to go on with what it remembers.
void forget_clients();
bool admin_allowed(std::string_view key);

}  // namespace account
