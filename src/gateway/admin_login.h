// POST /admin/login/{provider}/start and /continue: logins, driven by a page or a terminal.
//
// Between the steps the login rests with the person's side as one sealed text: nothing is stored, and any
// instance can go on with it.
#pragma once

#include <optional>

#include "base/task.h"
#include "chat/error.h"
#include "gateway/admin_call.h"
#include "gateway/exchange.h"

namespace gateway {

base::Task<std::optional<chat::Error>> serve_login(Exchange& exchange, AdminCall call);

}  // namespace gateway
