// Is the gateway alive, and how do its accounts fare?
#pragma once

#include "base/apart.h"
#include "base/task.h"
#include "gateway/exchange.h"

namespace gateway {

// GET /health. Public: liveness only. With the admin key: version, requests in flight, the bindings that are
// there, what is wrong with the settings, and every account: its state, why, and what its owner is to do.
BASE_APART base::Task<> serve_health(Exchange& exchange);

}  // namespace gateway
