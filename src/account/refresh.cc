#include "account/refresh.h"

#include <utility>

#include "account/lease.h"
#include "host/host.h"

namespace account {

namespace {

using Problem = std::optional<chat::Error>;

constexpr int64_t kPauseMs = 30'000;  // without the lease, while the old credential serves

// Is the credential, which is due for renewal, good for some time yet? That is what `fresh` says while the
// issuer is left alone.
bool serves_on(Account& account, Renewal renewal) {
  int64_t now = host::now_ms(), before = std::exchange(account.renew_after_ms, now + 1);
  bool good = renewal.fresh(account, now);
  account.renew_after_ms = before;
  return good;
}

chat::Error passing(chat::Fault fault, std::string message) {
  chat::Error error;
  error.fault = fault;
  error.message = std::move(message);
  error.retry = true;
  return error;
}

chat::Error slow() {
  return passing(chat::Fault::timeout,
                 "Another request is refreshing this account and takes too long. Try again.");
}

chat::Error removed(Account& account) {
  chat::Error error;
  error.fault = chat::Fault::no_account;
  error.message = "The account " + account.credential.id + " has been removed.";
  stop(account, State::retired, error.message);
  return error;
}

// Without the vault nobody may trade: another instance might be at it, and the login would be lost.
chat::Error unreachable(const Account& account, const std::string& why) {
  chat::Error error = passing(chat::Fault::overloaded, "The token of account " + account.credential.id);
  error.code = "storage_unavailable";
  error.message += " cannot be renewed while its vault does not answer (" + why + "). Try again.";
  return error;
}

// The lease, or what stands in its way. `fresh`: no lease is needed any more.
base::Task<Problem> obtain(Lease& lease, AccountPtr account, Renewal renewal, bool& fresh) {
  while (true) {
    switch (co_await lease.take(!serves_on(*account, renewal))) {
      case Grant::granted:
      case Grant::local: co_return std::nullopt;
      case Grant::newer:
        fresh = renewal.fresh(*account, host::now_ms());
        if (fresh) co_return std::nullopt;
        continue;
      case Grant::gone: co_return removed(*account);
      case Grant::lost:
      case Grant::busy: co_return slow();
      case Grant::unsealed:
      case Grant::unavailable: co_return unreachable(*account, lease.problem());
    }
  }
}

// One try. Nothing: the lease ran out on the way, and the credential is as it was.
base::Task<std::optional<Problem>> work(uint32_t req, AccountPtr account, Renewal renewal) {
  Lease lease(req, account);
  bool fresh = false;
  if (auto problem = co_await obtain(lease, account, renewal, fresh)) {
    if (!problem->retry || !serves_on(*account, renewal)) co_return problem;
    host::log(host::Level::warning, account->credential.id + ": " + problem->message);
    account->renew_after_ms = host::now_ms() + kPauseMs;
    fresh = true;
  }
  if (fresh) co_return Problem();
  Credential before = account->credential;
  Problem outcome = co_await renewal.renew(req, *account);
  if (lease.unheard()) co_return outcome;
  if (to_json(account->credential) == to_json(before)) {
    co_await lease.release();
    co_return outcome;
  }
  switch (co_await lease.commit()) {
    case Grant::unsealed:
      host::log(host::Level::error,
                account->credential.id + ": the renewed credential cannot be stored: " + lease.problem());
      // Without a secret the vault has not written the answer down either: there is nothing to wait for.
      co_await lease.release();
      co_return outcome;
    case Grant::granted:
    case Grant::local: co_return outcome;
    case Grant::lost: account->credential = std::move(before); co_return std::nullopt;
    default: break;
  }
  // Only what is committed is used: the vault has the upstream's answer, and gives it to the next holder of
  // the lease, who would not know of anything that was made of it here.
  account->credential = std::move(before);
  co_return unreachable(*account, lease.problem());
}

// However often the lease runs out, the vault remembers each answer: a second try finds it there.
base::Task<Problem> persist(uint32_t req, AccountPtr account, Renewal renewal) {
  constexpr int kTries = 3;
  for (int tries = 0; tries < kTries; tries++) {
    if (auto outcome = co_await work(req, account, renewal)) co_return *outcome;
  }
  co_return slow();
}

}  // namespace

base::Task<Problem> refresh(uint32_t req, AccountPtr account, Renewal renewal) {
  uint32_t seen = account->refreshes;
  while (account->refreshing.busy()) {
    if (serves_on(*account, renewal)) co_return std::nullopt;
    if (!co_await account->refreshing.wait(req)) co_return slow();
    if (account->refreshes != seen) co_return account->refresh_error;
    // Whoever was at it is gone: the first to wake takes over.
  }
  Flight::Lead lead(account->refreshing);
  host::Hold hold(req);  // until the outcome is stored
  account->refresh_error = co_await persist(req, account, renewal);
  account->refreshes++;
  co_await hold.end();
  co_return account->refresh_error;
}

}  // namespace account
