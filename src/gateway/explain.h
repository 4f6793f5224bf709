// POST /admin/explain, followed by the path of a generation ("/admin/explain/v1/messages"), with its body:
// which account would serve it, why that one, and what its upstream would be sent. Nothing is sent; but the
// account is made ready as for a real request, which may refresh its token and find its project, and media
// that the body names by URL is fetched. Without a path the body's shape says whose it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/task.h"
#include "chat/error.h"
#include "gateway/admin_call.h"
#include "gateway/exchange.h"

namespace gateway {

base::Task<std::optional<chat::Error>> serve_explain(Exchange& exchange, AdminCall call);

// Blots out of an upstream's head line ("name: value") what proves who asks, whatever it is.
std::string without_proof(std::string_view line);

}  // namespace gateway
