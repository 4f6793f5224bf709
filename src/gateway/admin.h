// The admin API under /admin/. Only with the admin key; closed when none is configured.
//   accounts      GET, POST, DELETE /{id}, POST /{id}/check, GET /{id}/quota
//   keys          GET, POST, PATCH and DELETE /{id}, POST /{id}/rotate
//   usage         GET
//   descriptors   GET, PUT and DELETE /{provider}
//   login         GET, POST /{provider}/start, /poll, /finish
//   explain       POST, with a generation's path behind
// No answer ever holds a secret, but for a new client key, once.
#pragma once

#include "base/apart.h"
#include "base/task.h"
#include "gateway/exchange.h"

namespace gateway {

BASE_APART base::Task<> serve_admin(Exchange& exchange);

}  // namespace gateway
