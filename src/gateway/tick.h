// What the cron tick does for the accounts, so that no request has to.
#pragma once

#include "base/apart.h"
#include "base/task.h"
#include "gateway/exchange.h"

namespace gateway {

// Refreshes the access tokens that expire soon, asks the accounts whose rest is over whether they are well,
// and all of them every HEALTH_CHECK_MINUTES. What comes of it moves their states.
BASE_APART base::Task<> serve_tick(Exchange& exchange);

}  // namespace gateway
