#include "gateway/health.h"

#include "account/directory.h"
#include "account/keys.h"
#include "account/limits.h"
#include "account/pool.h"
#include "account/vault.h"
#include "config/settings.h"
#include "gateway/catalog.h"
#include "gateway/respond.h"
#include "gateway/usage.h"
#include "host/host.h"
#include "json/writer.h"
#include "provider/provider.h"

namespace gateway {

namespace {

void append_account(const account::Account& account, int64_t now, json::Writer& w) {
  const account::Credential& credential = account.credential;
  bool cooling = account.cooling_until_ms > now;
  w.begin_object().key("id").string(credential.id).key("provider").string(credential.provider);
  w.key("label").string(credential.label);
  w.key("state").string(cooling ? "cooling" : account::name_of(account.state));
  w.key("reason").string(account.reason);
  if (cooling) w.key("ready_in_seconds").number((account.cooling_until_ms - now) / 1000 + 1);
  w.key("cooling_models").begin_object();
  for (const auto& [model, until] : account.model_cooling) {
    if (until <= now) continue;
    w.escaped_key(json::escaped(model)).number((until - now) / 1000 + 1);
  }
  w.end_object().end_object();
}

}  // namespace

base::Task<> serve_health(Exchange& exchange) {
  std::string body;
  json::Writer w(body);
  w.begin_object().key("status").raw("\"ok\"");
  if (account::admin_allowed(account::presented_key(exchange.request))) {
    auto problem = co_await load_catalog(exchange.id);
    w.key("version").string(config::settings().version);
    w.key("live").number(int64_t(waiting_exchanges()) - 1);  // without this one
    if (problem) w.key("storage").string(problem->message);
    bool shared = co_await account::limits_are_shared(exchange.id);
    w.key("limits").string(shared ? "shared" : "this instance only: no METER is bound");
    bool ledger = co_await has_ledger(exchange.id);
    w.key("usage").string(ledger ? "ledger" : "this instance only: no LEDGER is bound");
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

base::Task<> refresh_ahead(Exchange& exchange) {
  if (auto problem = co_await load_catalog(exchange.id))
    co_return host::log(host::Level::warning, problem->message);
  co_await account::mend_directory(exchange.id);
  std::vector<account::AccountPtr> accounts = account::pool().all();
  for (const account::AccountPtr& account : accounts) {
    const provider::Provider* provider = provider::find(account->credential.provider);
    if (!provider || account->state != account::State::ready) continue;
    if (auto problem = co_await provider->prepare(exchange.id, account)) {
      host::log(host::Level::warning, account->credential.id + ": " + problem->message);
    }
    // So that the previous secret can go.
    if (account->old_seal) co_await account::store(exchange.id, account);
  }
}

}  // namespace gateway
