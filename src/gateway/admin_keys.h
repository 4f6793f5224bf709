#pragma once

#include <optional>

#include "base/task.h"
#include "gateway/admin_call.h"
#include "gateway/exchange.h"

namespace gateway {

// Client keys: list, make, change, rotate (both show a key, once), revoke. Answers the exchange, or returns
// what is wrong.
base::Task<std::optional<chat::Error>> serve_keys(Exchange& exchange, AdminCall call);

}  // namespace gateway
