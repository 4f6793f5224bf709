// The root of every exchange: routes it, checks its key, runs its service.
#pragma once

#include "base/task.h"
#include "gateway/exchange.h"

namespace gateway {

// Serves the exchange to its end; afterwards the client has its answer, or nobody is there to have it.
base::Task<> serve(Exchange& exchange);

}  // namespace gateway
