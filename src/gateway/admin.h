// The admin API: accounts and client keys. Only with the admin key; closed when none is configured.
//   GET /admin/accounts   POST /admin/accounts   DELETE /admin/accounts/{id}   POST
//   /admin/accounts/{id}/check GET /admin/keys       POST /admin/keys       DELETE /admin/keys/{id}
// No answer ever holds a secret, but for a new client key, once.
#pragma once

#include "base/task.h"
#include "gateway/exchange.h"

namespace gateway {

base::Task<> serve_admin(Exchange& exchange);

}  // namespace gateway
