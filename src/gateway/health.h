// Is the gateway alive, and how do its accounts fare? Also the cron tick that keeps them fresh.
#pragma once

#include "base/task.h"
#include "gateway/exchange.h"

namespace gateway {

// GET /health. Public: liveness only. With the admin key: version, requests in flight, every account's state
// and reason.
base::Task<> serve_health(Exchange& exchange);

// Refreshes the access tokens that expire soon, before a request has to wait for it.
base::Task<> refresh_ahead(Exchange& exchange);

}  // namespace gateway
