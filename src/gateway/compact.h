// POST /v1/responses/compact: a conversation made short.
//
// An upstream that does so itself is asked to (Provider::compacts). For all others the model of the request
// writes a summary, which goes to the client in the slot where OpenAI keeps an
// encrypted one; protocol/compaction.h finds it again when the client sends it back.
#pragma once

#include "base/apart.h"
#include "base/task.h"
#include "gateway/exchange.h"
#include "gateway/router.h"

namespace gateway {

BASE_APART base::Task<> serve_compact(Exchange& exchange, const Route& route);

}  // namespace gateway
