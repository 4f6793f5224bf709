#pragma once

#include <optional>

#include "base/task.h"
#include "gateway/admin_call.h"
#include "gateway/exchange.h"

namespace gateway {

// GET /admin/usage: who used how much of what, as JSON or CSV. ?from= and ?to= name days (UTC, the last 30
// by default), ?by= what is told apart (day,key,account,provider,model: all by default), ?format=csv or
// "accept: text/csv" the table.
base::Task<std::optional<chat::Error>> serve_usage(Exchange& exchange, AdminCall call);

}  // namespace gateway
