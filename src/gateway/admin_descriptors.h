// GET /admin/descriptors, PUT and DELETE /admin/descriptors/{provider}: the data about an upstream, changed
// without a deploy.
#pragma once

#include <optional>

#include "base/task.h"
#include "chat/error.h"
#include "gateway/admin_call.h"
#include "gateway/exchange.h"

namespace gateway {

base::Task<std::optional<chat::Error>> serve_descriptors(Exchange& exchange, AdminCall call);

}  // namespace gateway
