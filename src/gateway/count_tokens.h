// POST /v1/messages/count_tokens, :countTokens and /v1/responses/input_tokens: how many input tokens a
// request would take, estimated here without asking anybody.
#pragma once

#include "base/apart.h"
#include "base/task.h"
#include "gateway/exchange.h"
#include "gateway/router.h"

namespace gateway {

BASE_APART base::Task<> count_tokens(Exchange& exchange, const Route& route);

}  // namespace gateway
