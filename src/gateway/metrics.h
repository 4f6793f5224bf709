// GET /metrics: what Prometheus scrapes, with the admin key as Bearer token.
#pragma once

#include "base/apart.h"
#include "base/task.h"
#include "gateway/exchange.h"

namespace gateway {

// Counters of all time from the ledger (or of this instance, where there is none), and how many accounts are
// in which state.
BASE_APART base::Task<> serve_metrics(Exchange& exchange);

}  // namespace gateway
