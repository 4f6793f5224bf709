#include "gateway/health.h"

#include "account/board.h"
#include "account/keys.h"
#include "account/pool.h"
#include "base/text.h"
#include "config/settings.h"
#include "gateway/catalog.h"
#include "gateway/respond.h"
#include "host/host.h"
#include "json/writer.h"
#include "provider/provider.h"

namespace gateway {

namespace {

// Of this instance; 0 in a native build.
int64_t memory_bytes() {
#ifdef __wasm__
  return int64_t(__builtin_wasm_memory_size(0)) << 16;
#else
  return 0;
#endif
}

using account::State;

// What the owner of the account is to do.
std::string next_step(const account::Account& account, int64_t now) {
  const account::Credential& credential = account.credential;
  const std::string &id = credential.id, &provider = credential.provider;
  bool fixed = account.from_environment;
  std::string remove = fixed ? "remove it from its variable" : "npm run account -- remove " + id;
  std::string check = "npm run account -- check " + id;
  switch (account.state) {
    case State::needs_login:
      if (account.reason.find("https://") != std::string::npos)
        return "Settle it on the page that the reason names, then: " + check;
      if (fixed) return "Renew it in the variable that it comes from, then deploy again.";
      if (!credential.api_key.empty())
        return "Give it a key that works: npm run account -- add " + provider + " --id " + id;
      return "Log in again: npm run login -- " + provider + " --id " + id;
    case State::quarantined:
      return "Settle it with the provider, then: " + check + ". Or give it up: " + remove;
    case State::retired: return "Give it up, since its service has ended: " + remove;
    default: break;
  }
  int64_t left = (account.resting.until_ms - now) / 1000 + 1;
  if (account.resting.until_ms > now) return "Nothing: it is tried again in " + base::to_text(left) + " s.";
  if (account.resting.until_ms) return "Nothing: the next request or cron tick finds out whether it is well.";
  return account.model_rests.empty() ? "Nothing." : "Nothing: its other models are served meanwhile.";
}

void append_time(std::string_view name, int64_t ms, json::Writer& w) {
  w.key(name);
  ms ? w.number(ms) : w.null();
}

void append_account(const account::Account& account, int64_t now, json::Writer& w) {
  const account::Credential& credential = account.credential;
  const account::Rest& resting = account.resting;
  w.begin_object().key("id").string(credential.id).key("provider").string(credential.provider);
  w.key("label").string(credential.label).key("state").string(account::condition_of(account, now));
  w.key("reason").string(account.reason).key("next").string(next_step(account, now));
  if (resting.until_ms > now) w.key("ready_in_seconds").number((resting.until_ms - now) / 1000 + 1);
  w.key("cooling_models").begin_object();
  for (const auto& [model, rest] : account.model_rests) {
    if (rest.until_ms <= now) continue;
    w.escaped_key(json::escaped(model)).number((rest.until_ms - now) / 1000 + 1);
  }
  w.end_object();
  append_time("used_ms", account.used_ms, w);
  append_time("served_ms", account.served_ms, w);
  append_time("failed_ms", account.failed_ms, w);
  w.key("in_flight").number(account.in_flight).key("settings").begin_object();
  account::append_preferences(credential, w);
  w.end_object().end_object();
}

// What of the deployment keeps which promise, and what is missing without it.
constexpr struct {
  std::string_view name, without;
} kBindings[] = {
    {"ISTHMUS", "accounts and keys are kept in memory only."},
    {"VAULT", "two instances may trade the same refresh token, which ends a login that rotates them."},
    {"BOARD", "each instance finds out by itself how the accounts fare."},
    {"LEDGER", "usage is what the instance that answers has counted."},
    {"METER", "the limits of client keys hold for each instance by itself."},
};

void append_bindings(json::Writer& w) {
  w.key("bindings").begin_object();
  for (const auto& each : kBindings) w.key(each.name).boolean(config::has_binding(each.name));
  w.end_object().key("warnings").begin_array();
  for (const auto& [name, without] : kBindings) {
    if (config::has_binding(name)) continue;
    w.string(std::string("Without the binding ").append(name).append(" ").append(without));
  }
  for (const std::string& problem : config::settings().problems) w.string(problem);
  w.end_array();
}

}  // namespace

base::Task<> serve_health(Exchange& exchange) {
  std::string body;
  json::Writer w(body);
  w.begin_object().key("status").raw("\"ok\"");
  if (account::admin_allowed(account::presented_key(exchange.request))) {
    account::board().expire();
    auto problem = co_await load_catalog(exchange.id);
    w.key("version").string(config::settings().version);
    w.key("live").number(int64_t(waiting_exchanges()) - 1);  // without this one
    w.key("memory_bytes").number(memory_bytes());
    if (problem) w.key("storage").string(problem->message);
    append_bindings(w);
    w.key("accounts").begin_array();
    for (const auto& account : account::pool().all()) append_account(*account, host::now_ms(), w);
    w.end_array();
    w.key("providers").begin_object();
    for (const provider::Provider* provider : provider::all())
      w.key(provider->id()).string(provider->status());
    w.end_object();
  }
  w.end_object();
  answer_json(exchange, body);
}

}  // namespace gateway
