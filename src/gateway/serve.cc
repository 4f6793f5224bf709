#include "gateway/serve.h"

#include "account/keys.h"
#include "account/limits.h"
#include "base/apart.h"
#include "base/date.h"
#include "base/text.h"
#include "config/settings.h"
#include "gateway/admin.h"
#include "gateway/admin_call.h"
#include "gateway/compact.h"
#include "gateway/configured_accounts.h"
#include "gateway/count_tokens.h"
#include "gateway/generate.h"
#include "gateway/health.h"
#include "gateway/metrics.h"
#include "gateway/models.h"
#include "gateway/respond.h"
#include "gateway/responses_store.h"
#include "gateway/router.h"
#include "gateway/tick.h"
#include "gateway/usage.h"
#include "host/host.h"
#include "provider/provider.h"

namespace gateway {

namespace {

BASE_APART chat::Error expired(const account::ClientKey& key) {
  chat::Error error;
  error.fault = chat::Fault::unauthenticated;
  error.code = "api_key_expired";
  error.message = "This API key expired at " + base::moment_of(key.expires_ms) +
                  ". Ask the owner of this gateway for a new one.";
  return error;
}

BASE_APART chat::Error unauthenticated(std::string_view key) {
  chat::Error error;
  error.fault = chat::Fault::unauthenticated;
  error.message = key.empty() ? "No API key. Send a key of this gateway as 'Authorization: Bearer <key>'."
                              : "Incorrect API key. Send a key of this gateway, not an upstream's.";
  return error;
}

BASE_APART chat::Error keys_unavailable() {
  chat::Error error = storage_failed();
  error.message = "The client keys could not be read from storage. Try again.";
  return error;
}

// What the host found wrong before the body crossed the border.
std::optional<chat::Error> refused_by_host(const http::Request& request) {
  chat::Error error;
  if (std::string_view size = request.header("x-isthmus-oversize"); !size.empty()) {
    error.fault = chat::Fault::too_large;
    error.message = "The request body is too large: this gateway takes up to ";
    base::append_int(error.message, int64_t(config::settings().max_body));
    error.message += " bytes (MAX_BODY_BYTES).";
    return error;
  }
  if (!request.header("x-isthmus-overload").empty()) {
    error.fault = chat::Fault::overloaded;
    error.message = "This instance is full at the moment. Try again.";
    error.retry = true;
    error.retry_after = 1;
    return error;
  }
  return std::nullopt;
}

// The instance that served this exchange is gone (a trap). Says so the way the client's protocol says it.
BASE_APART void bury(Exchange& exchange, const protocol::Protocol& surface) {
  chat::Error error;
  error.fault = chat::Fault::internal;
  error.message =
      "The gateway failed while it served this request. The fault is ours; trying again may help.";
  error.retry = true;
  if (exchange.request.header("responded") != "1") return answer_error(exchange, surface, error);
  auto encoder = surface.stream_encoder({});
  encoder->fail(error);
  // The stream may have been cut inside an event.
  host::write(exchange.id, "\n\n");
  host::write(exchange.id, encoder->out());
  host::finish(exchange.id);
}

BASE_APART std::string allow_header(const chat::Error& error, const Route& route) {
  if (error.fault != chat::Fault::method_not_allowed) return {};
  return "allow: " + std::string(route.allow) + "\n";
}

// What the settings cannot know: which providers there are.
void check_health_settings() {
  for (const auto& [name, links] : config::settings().health_check_models) {
    if (!provider::find(name) || links.size() != 1)
      config::add_problem("HEALTH_CHECK_MODELS wants one model for a provider; '" + name +
                          "' is passed over.");
  }
  for (const auto& [name, _] : config::settings().health_check_minutes.by_name) {
    if (!provider::find(name))
      config::add_problem("HEALTH_CHECK_MINUTES: there is no provider '" + name + "'.");
  }
}

BASE_APART void configure(Exchange& exchange) {
  config::load(exchange.request.body);
  config::name_bindings(exchange.request.header("bindings"));
  configure_accounts();
  check_health_settings();
  for (const std::string& problem : config::settings().problems) host::log(host::Level::error, problem);
}

bool is_open(Endpoint endpoint) {
  return endpoint == Endpoint::home || endpoint == Endpoint::health || endpoint == Endpoint::admin ||
         endpoint == Endpoint::responses_socket || endpoint == Endpoint::metrics;
}

bool generates(Endpoint endpoint) { return endpoint == Endpoint::generate || endpoint == Endpoint::compact; }

// Lets the client in, or says why not.
base::Task<std::optional<chat::Error>> check_client(Exchange& exchange, Endpoint endpoint) {
  std::string key = account::presented_key(exchange.request);
  if (key.empty()) co_return unauthenticated(key);
  auto found = co_await account::find_client(exchange.id, key);
  if (!found) co_return keys_unavailable();
  exchange.key = *found;
  if (!exchange.key) co_return unauthenticated(key);
  if (exchange.key->expired(host::now_ms())) co_return expired(*exchange.key);
  if (!generates(endpoint)) co_return std::nullopt;
  co_return co_await account::admit(exchange.id, exchange.key);
}

// Codex falls back to POST at once when it hears this, and tries for many seconds when it hears anything
// else.
BASE_APART void refuse_socket(Exchange& exchange, const Route& route) {
  chat::Error error;
  error.fault = chat::Fault::invalid_request;
  error.status = 426;
  error.code = "websocket_unsupported";
  error.message = "This gateway speaks no WebSocket here: send POST /v1/responses with 'stream': true.";
  answer_error(exchange, *route.surface, error);
}

base::Task<> dispatch(Exchange& exchange, const Route& route) {
  switch (route.endpoint) {
    case Endpoint::home:
      answer(exchange, 200, "text/plain; charset=utf-8", "Isthmus is running. See /health.\n");
      break;
    case Endpoint::health: co_await serve_health(exchange); break;
    case Endpoint::metrics: co_await serve_metrics(exchange); break;
    case Endpoint::admin: co_await serve_admin(exchange); break;
    case Endpoint::generate: co_await generate(exchange, route); break;
    case Endpoint::models:
    case Endpoint::codex_models:
    case Endpoint::model: co_await serve_models(exchange, route); break;
    case Endpoint::responses_socket: refuse_socket(exchange, route); break;
    case Endpoint::count_tokens: co_await count_tokens(exchange, route); break;
    case Endpoint::compact: co_await serve_compact(exchange, route); break;
    case Endpoint::stored_response: co_await serve_stored(exchange, route); break;
  }
}

}  // namespace

base::Task<> serve(Exchange& exchange) {
  http::Request& request = exchange.request;
  if (!http::parse({exchange.message.get(), exchange.size}, request)) co_return host::finish(exchange.id);
  // The host's own messages. A client's target begins with '/', and exchange 0 is never a client's.
  if (request.method == "CONFIG" && exchange.id == 0) co_return configure(exchange);
  if (request.method == "CRON" && !request.target.starts_with('/')) {
    co_await flush_usage(exchange.id);
    co_await serve_tick(exchange);
    host::finish(exchange.id);
    co_return co_await close_books(exchange.id);
  }
  if (request.method == "OPTIONS") co_return answer_preflight(exchange);

  Route route;
  auto problem = find_route(request, route);
  exchange.array = route.array;
  if (request.method == "TRAP") co_return bury(exchange, *route.surface);
  if (!problem) problem = refused_by_host(request);
  if (problem) co_return answer_error(exchange, *route.surface, *problem, allow_header(*problem, route));
  if (!is_open(route.endpoint)) {
    if (auto refused = co_await check_client(exchange, route.endpoint))
      co_return answer_error(exchange, *route.surface, *refused);
  }
  co_await dispatch(exchange, route);
  co_await close_books(exchange.id);
}

}  // namespace gateway
