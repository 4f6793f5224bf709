#pragma once

#include <optional>

#include "base/task.h"
#include "gateway/admin_call.h"
#include "gateway/exchange.h"

namespace gateway {

// Upstream accounts: list, add, remove, check. Answers the exchange, or returns what is wrong.
base::Task<std::optional<chat::Error>> serve_accounts(Exchange& exchange, AdminCall call);

}  // namespace gateway
