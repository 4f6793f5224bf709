// POST /admin/login/{provider}/start and /continue: logins, driven by a page or a terminal. GET /admin/login:
// every provider with its state, its terms and its ways in; GET /admin/login/{provider}: the ways of one.
//
// Between the steps the login rests with the person's side as one sealed text: nothing is stored, and any
// instance can go on with it. A login that is given the "id" of an account renews that account.
#pragma once

#include <optional>

#include "base/task.h"
#include "chat/error.h"
#include "gateway/admin_call.h"
#include "gateway/exchange.h"

namespace gateway {

base::Task<std::optional<chat::Error>> serve_login(Exchange& exchange, AdminCall call);

}  // namespace gateway
