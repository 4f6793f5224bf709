#pragma once

#include <optional>

#include "base/task.h"
#include "gateway/admin_call.h"
#include "gateway/exchange.h"

namespace gateway {

// Client keys: list, make (the key is shown once), revoke. Answers the exchange, or returns what is wrong.
base::Task<std::optional<chat::Error>> serve_keys(Exchange& exchange, AdminCall call);

}  // namespace gateway
