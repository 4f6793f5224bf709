// The service the gateway exists for: pick an account, ask its upstream, relay the answer, fail over while
// nothing has been sent to the client.
#pragma once

#include "base/task.h"
#include "gateway/exchange.h"
#include "gateway/held_answer.h"
#include "gateway/router.h"

namespace gateway {

base::Task<> generate(Exchange& exchange, const Route& route);

// The same, but a good answer goes to `held` and not to the client. An error is the client's answer.
base::Task<> generate_held(Exchange& exchange, const Route& route, HeldAnswer& held, std::string compact);

}  // namespace gateway
