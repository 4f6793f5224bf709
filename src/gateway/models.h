// GET /v1/models and /v1/models/{id}: what the configured accounts can serve.
#pragma once

#include "base/apart.h"
#include "base/task.h"
#include "gateway/exchange.h"
#include "gateway/router.h"

namespace gateway {

BASE_APART base::Task<> serve_models(Exchange& exchange, const Route& route);

}  // namespace gateway
