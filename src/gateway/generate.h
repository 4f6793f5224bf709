// The service the gateway exists for: pick an account, ask its upstream, relay the answer, fail over while
// nothing has been sent to the client.
#pragma once

#include "base/task.h"
#include "gateway/exchange.h"
#include "gateway/router.h"

namespace gateway {

base::Task<> generate(Exchange& exchange, const Route& route);

}  // namespace gateway
