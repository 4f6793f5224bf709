#include "gateway/admin.h"

#include "account/keys.h"
#include "gateway/admin_accounts.h"
#include "gateway/admin_call.h"
#include "gateway/admin_descriptors.h"
#include "gateway/admin_keys.h"
#include "gateway/admin_login.h"
#include "gateway/admin_usage.h"
#include "gateway/explain.h"
#include "gateway/respond.h"
#include "protocol/protocol.h"

namespace gateway {

namespace {

chat::Error unknown(const http::Request& request) {
  chat::Error error;
  error.fault = chat::Fault::not_found;
  error.code = "unknown_url";
  error.message = "Unknown admin request: ";
  error.message.append(request.method).append(" ").append(request.path);
  return error;
}

}  // namespace

base::Task<> serve_admin(Exchange& exchange) {
  const http::Request& request = exchange.request;
  if (!account::admin_allowed(account::presented_key(request))) {
    co_return answer_error(exchange, protocol::kOpenaiChat, admin_closed());
  }
  constexpr std::string_view kAccounts = "/admin/accounts", kKeys = "/admin/keys",
                             kDescriptors = "/admin/descriptors", kLogin = "/admin/login",
                             kExplain = "/admin/explain", kUsage = "/admin/usage";
  std::string_view path = request.path;
  AdminCall call{request.method, {}};
  std::optional<chat::Error> problem;
  if (path.starts_with(kAccounts) && take_rest(path.substr(kAccounts.size()), call)) {
    problem = co_await serve_accounts(exchange, call);
  } else if (path.starts_with(kKeys) && take_rest(path.substr(kKeys.size()), call)) {
    problem = co_await serve_keys(exchange, call);
  } else if (path.starts_with(kDescriptors) && take_rest(path.substr(kDescriptors.size()), call)) {
    problem = co_await serve_descriptors(exchange, call);
  } else if (path.starts_with(kLogin) && take_rest(path.substr(kLogin.size()), call)) {
    problem = co_await serve_login(exchange, call);
  } else if (path.starts_with(kExplain) && take_rest(path.substr(kExplain.size()), call)) {
    problem = co_await serve_explain(exchange, call);
  } else if (path.starts_with(kUsage) && take_rest(path.substr(kUsage.size()), call)) {
    problem = co_await serve_usage(exchange, call);
  } else {
    problem = unknown(request);
  }
  if (problem) answer_error(exchange, protocol::kOpenaiChat, *problem);
}

bool take_rest(std::string_view rest, AdminCall& call) {
  if (!rest.empty() && rest[0] != '/') return false;
  if (!rest.empty()) rest.remove_prefix(1);
  call.rest = rest;
  return true;
}

chat::Error wrong_admin_call(const AdminCall& call) {
  chat::Error error;
  error.fault = chat::Fault::method_not_allowed;
  error.message = "The admin API does not serve ";
  error.message.append(call.method).append(" here.");
  return error;
}

chat::Error admin_closed() {
  chat::Error error;
  error.fault = chat::Fault::unauthenticated;
  error.code = "invalid_admin_key";
  error.message = "The admin API needs the admin key (ADMIN_KEY) as 'Authorization: Bearer <key>'.";
  return error;
}

chat::Error storage_failed() {
  chat::Error error;
  error.fault = chat::Fault::overloaded;
  error.code = "storage_unavailable";
  error.message = "Storage did not take part. Try again.";
  error.retry = true;
  return error;
}

}  // namespace gateway
