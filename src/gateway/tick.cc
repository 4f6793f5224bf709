#include "gateway/tick.h"

#include "account/board.h"
#include "account/directory.h"
#include "account/pool.h"
#include "account/selection.h"
#include "account/turn.h"
#include "account/vault.h"
#include "config/settings.h"
#include "gateway/catalog.h"
#include "gateway/generation.h"
#include "gateway/tally.h"
#include "host/host.h"
#include "json/writer.h"

namespace gateway {

namespace {

using account::AccountPtr;

constexpr int64_t kTickMinutes = 10;  // between two ticks, as wrangler.toml sets them
constexpr int64_t kFailedProbeRestMs = 60'000;

base::Task<> refresh_ahead(Exchange& exchange, AccountPtr account, const provider::Provider* provider) {
  if (auto problem = co_await provider->prepare(exchange.id, account)) {
    host::log(host::Level::warning, account->credential.id + ": " + problem->message);
  }
  // So that the previous secret can go.
  if (account->old_seal) co_await account::store(exchange.id, account);
}

// The model of the provider's health check; empty: none is configured.
std::string check_model(const provider::Provider& provider) {
  for (const auto& [name, links] : config::settings().health_check_models) {
    if (provider::find(name) == &provider && links.size() == 1) return links[0];
  }
  return {};
}

int64_t check_minutes(const provider::Provider& provider) {
  const config::Minutes& minutes = config::settings().health_check_minutes;
  for (const auto& [name, own] : minutes.by_name) {
    if (provider::find(name) == &provider) return own;
  }
  return minutes.others;
}

// Every instance reckons by the clock alone: which of them gets a tick is chance.
bool check_is_due(int64_t minutes, int64_t now_ms) {
  return minutes && now_ms / 60'000 % std::max(minutes, kTickMinutes) < kTickMinutes;
}

// Is there anything to find out? An account that has served since the last check needs none.
bool wants_check(const account::Account& account, const std::string& model, int64_t minutes, int64_t now_ms) {
  if (account.state != account::State::ready || account.in_flight || account.resting.until_ms > now_ms)
    return false;
  if (account::half_open(account, model, now_ms)) return true;
  return !model.empty() && check_is_due(minutes, now_ms) && account.served_ms + minutes * 60'000 <= now_ms;
}

// A short generation, as a client would ask for it, that only this account may serve and nobody reads.
base::Task<> ask_model(Exchange& exchange, AccountPtr account, const provider::Provider* provider,
                       std::string model) {
  std::string body;
  json::Writer w(body);
  w.begin_object().key("model").string(model).key("max_tokens").number(16).key("messages").begin_array();
  w.raw(R"({"role":"user","content":"Answer with the word OK."})").end_array().end_object();
  exchange.request.body = body;
  Route route;
  Generation generation{exchange, route};
  Tally tally(generation);
  auto problem = read_body(exchange, route, generation.body);
  if (problem) co_return host::log(host::Level::error, "Health check: " + problem->message);
  HeldAnswer held;
  open_client(generation);
  generation.client->hold(held);
  generation.attempts = 1;
  const provider::Model* known = provider::find_model(*provider, model);
  Candidate candidate{provider, known ? *known : provider::unknown_model(model)};
  account::Turn turn(account, candidate.model.id);
  generation.served = co_await try_account(generation, candidate, account) == Outcome::served;
  tally.close();
  if (!generation.served)
    host::log(host::Level::warning, account->credential.id + ", health check: " + generation.error.message);
}

// For free, where the upstream lists its models: what that proves is the account as a whole.
base::Task<> ask_for_models(Exchange& exchange, AccountPtr account, const provider::Provider* provider) {
  std::vector<provider::Model> models;
  account::Turn turn(account, {});
  auto problem = co_await provider->discover(exchange.id, *account, models);
  if (!problem) co_return account::recover(*account, {});
  account::redact(account->credential, problem->message);
  if (account->state == account::State::ready)
    account::rest(*account, {}, true, host::now_ms() + kFailedProbeRestMs, false, problem->message);
}

base::Task<> check(Exchange& exchange, AccountPtr account, const provider::Provider* provider) {
  std::string model = check_model(*provider);
  if (!wants_check(*account, model, check_minutes(*provider), host::now_ms())) co_return;
  if (!model.empty() && account::serves_model(account->credential, model)) {
    co_await ask_model(exchange, account, provider, model);
  } else if (provider->discover_asks() && !account->resting.firm) {
    // A list of models is given to accounts that are flagged or have used up their allowance, too.
    co_await ask_for_models(exchange, account, provider);
  }
}

}  // namespace

base::Task<> serve_tick(Exchange& exchange) {
  if (auto problem = co_await load_catalog(exchange.id))
    co_return host::log(host::Level::warning, problem->message);
  co_await account::mend_directory(exchange.id);
  std::vector<AccountPtr> accounts = account::pool().all();
  for (const AccountPtr& account : accounts) {
    const provider::Provider* provider = provider::find(account->credential.provider);
    if (!provider || account->state != account::State::ready) continue;
    co_await refresh_ahead(exchange, account, provider);
    co_await check(exchange, account, provider);
  }
  co_await account::board().tell(exchange.id);
}

}  // namespace gateway
