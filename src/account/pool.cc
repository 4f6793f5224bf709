#include "account/pool.h"

#include <algorithm>
#include <tuple>

#include "account/directory.h"
#include "account/selection.h"
#include "account/vault.h"
#include "base/sha256.h"
#include "base/text.h"
#include "config/settings.h"
#include "host/host.h"
#include "json/document.h"

namespace account {

namespace {

constexpr int64_t kFreshMs = 60'000;
constexpr int64_t kRetryMs = 5'000;  // after a storage fault

bool contains(const std::vector<AccountPtr>& accounts, const AccountPtr& account) {
  return std::find(accounts.begin(), accounts.end(), account) != accounts.end();
}

}  // namespace

Pool& pool() {
  static Pool instance;
  return instance;
}

base::Task<std::optional<chat::Error>> Pool::load(uint32_t req) {
  while (fresh_until_ms_ <= host::now_ms()) {
    if (!loading_.busy()) {
      co_await read_all(req);
      break;
    }
    // What is known is good enough to go on with; only the very first load is worth waiting for. Whoever is
    // at it may leave in the middle: the first to wake takes over.
    if (!accounts_.empty() || !co_await loading_.wait(req)) break;
  }
  if (complete_ || !accounts_.empty()) co_return std::nullopt;
  chat::Error error;
  error.fault = chat::Fault::overloaded;
  error.code = "storage_unavailable";
  error.message = "The accounts could not be read from storage. Try again.";
  error.retry = true;
  co_return error;
}

base::Task<> Pool::read_all(uint32_t req) {
  Flight::Lead lead(loading_);
  std::vector<AccountPtr> found;
  co_await read_environment(req, found);
  complete_ = co_await read_records(req, found);
  fresh_until_ms_ = host::now_ms() + (complete_ ? kFreshMs : kRetryMs);
  accounts_ = std::move(found);
}

base::Task<bool> Pool::read_records(uint32_t req, std::vector<AccountPtr>& found) {
  std::optional<std::string> keys = co_await record_keys(req);
  if (!keys) {
    for (const AccountPtr& account : accounts_) {
      if (!account->from_environment) found.push_back(account);
    }
    co_return false;
  }
  bool all = true;
  std::string_view rest = *keys;
  while (!rest.empty()) {
    AccountPtr account = co_await read_account(req, std::string(base::take_until(rest, '\n')), all);
    if (account) found.push_back(account);
  }
  co_return all;
}

// Null: there is none. One whose record cannot be read for now is the one that is known by that key, if any;
// then not `all` have been read.
base::Task<AccountPtr> Pool::read_account(uint32_t req, std::string key, bool& all) {
  auto account = std::make_shared<Account>();
  Reading reading = co_await read_record(req, key, account->credential, account->old_seal);
  if (reading == Reading::none) co_return nullptr;
  if (reading == Reading::failed) {
    all = false;
    co_return stored_as(key);
  }
  AccountPtr before = known(account->credential);
  if (!before) co_return account;
  before->old_seal = account->old_seal;
  co_return before;
}

base::Task<> Pool::read_environment(uint32_t req, std::vector<AccountPtr>& found) {
  json::Document document;
  std::string text = config::settings().accounts;
  if (text.empty() || document.parse(text) != json::Error::none) co_return;
  for (auto [_, record] : document.root().items()) {
    auto account = std::make_shared<Account>();
    std::string problem;
    if (!from_json(record.raw(), account->credential, problem)) continue;  // which has been said
    account->from_environment = true;
    account->configured_digest = base::hex(base::sha256(record.raw())).substr(0, 16);
    if (account->credential.id.empty()) account->credential.id = "env-" + account->configured_digest;
    AccountPtr before;
    for (const AccountPtr& candidate : accounts_) {
      bool same = candidate->from_environment && candidate->configured_digest == account->configured_digest;
      if (same) before = candidate;
    }
    // Only credentials that refresh have anything newer in storage.
    if (!before && !account->credential.refresh_token.empty()) {
      Credential obtained;
      if (co_await read_record(req, record_key(*account), obtained, account->old_seal) == Reading::done)
        account->credential = obtained;
    }
    found.push_back(before ? before : account);
  }
}

void Pool::forget(std::string_view id) {
  std::erase_if(accounts_, [&](const AccountPtr& account) {
    return !account->from_environment && account->credential.id == id;
  });
  expire();
}

AccountPtr Pool::stored_as(std::string_view key) const {
  for (const AccountPtr& account : accounts_) {
    if (!account->from_environment && record_key(*account) == key) return account;
  }
  return nullptr;
}

// The account as it is known, state and all, unless a person has put it in again. KV lags behind: a record of
// an older generation than the one at hand is not news, and one of a newer generation is the same account
// with a renewed credential. Where the generations are equal and the credentials are not, this instance knows
// more: a token was refused, or its successor is on its way.
AccountPtr Pool::known(const Credential& stored) const {
  for (const AccountPtr& account : accounts_) {
    Credential& own = account->credential;
    if (account->from_environment || own.id != stored.id) continue;
    if (stored.generation < own.generation) return account;
    if (stored.added_ms != own.added_ms) return nullptr;
    if (stored.generation > own.generation && !account->refreshing.busy()) own = stored;
    return account;
  }
  return nullptr;
}

AccountPtr Pool::pick(std::string_view provider, std::string_view model, uint64_t session,
                      const std::vector<AccountPtr>& tried) {
  int64_t now = host::now_ms();
  AccountPtr best;
  std::tuple<Fit, int64_t, uint64_t> best_rank{Fit::none, 0, 0};
  for (const AccountPtr& account : accounts_) {
    Fit fit = fit_of(*account, provider, model, now);
    if (fit == Fit::none || contains(tried, account)) continue;
    const Credential& credential = account->credential;
    std::tuple rank(fit, credential.preferences.priority, cost_of(session, credential));
    if (!best || rank < best_rank) best = account, best_rank = rank;
  }
  return best;
}

bool Pool::has(std::string_view provider) const {
  return std::any_of(accounts_.begin(), accounts_.end(),
                     [&](const AccountPtr& account) { return account->credential.provider == provider; });
}

int64_t Pool::ready_in_ms(std::string_view provider, std::string_view model, int64_t now_ms) const {
  int64_t soonest = -1;
  for (const AccountPtr& account : accounts_) {
    const Credential& credential = account->credential;
    if (credential.provider != provider || !serves_model(credential, model) || account->state != State::ready)
      continue;
    int64_t until = std::max({now_ms, account->resting.until_ms, account->next_start_ms});
    auto resting = account->model_rests.find(model);
    if (resting != account->model_rests.end()) until = std::max(until, resting->second.until_ms);
    if (soonest < 0 || until - now_ms < soonest) soonest = until - now_ms;
  }
  return soonest;
}

}  // namespace account
