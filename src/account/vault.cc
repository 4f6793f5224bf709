#include "account/vault.h"

#include <algorithm>
#include <utility>

#include "account/directory.h"
#include "base/text.h"
#include "host/host.h"

namespace account {

namespace {

using Problem = std::optional<chat::Error>;

chat::Error storage_error(std::string_view why, std::string_view what) {
  chat::Error error;
  error.fault = chat::Fault::overloaded;
  error.code = "storage_unavailable";
  error.message = "The credential could not be ";
  error.message.append(what).append(": ").append(why.empty() ? "storage failed" : why);
  error.retry = true;
  return error;
}

// The statuses of js-shim/vault.js.
Grant grant_of(uint32_t status) {
  switch (status) {
    case host::kOk: return Grant::granted;
    case host::kNoBinding: return Grant::local;
    case 409: return Grant::newer;
    case 410: return Grant::gone;
    case 412: return Grant::lost;
    case 423: return Grant::busy;
    default: return Grant::unavailable;
  }
}

// The second for a clock that is behind the one by which the last record was made.
constexpr int kWrites = 2;

}  // namespace

chat::Error no_such_account(const std::string& id) {
  chat::Error error;
  error.fault = chat::Fault::not_found;
  error.code = "account_not_found";
  error.message = "There is no account '" + id + "'.";
  return error;
}

std::string record_key(const Account& account) {
  if (!account.from_environment) return "account:" + account.credential.id;
  return "token:" + account.credential.id + ":" + account.configured_digest;
}

base::Task<VaultAnswer> ask_vault(uint32_t req, std::string key, std::string verb, std::string body) {
  std::string message = "VAULT\n" + key + "\n" + verb + "\n" + body;
  host::Completion answer = co_await host::ask(req, message);
  co_return VaultAnswer{grant_of(answer.status), std::string(answer.data)};
}

base::Task<VaultAnswer> write_next(uint32_t req, AccountPtr account, std::string verb, std::string before) {
  Credential next = account->credential;
  next.generation = std::max(host::now_ms(), next.generation + 1);
  std::string plain = to_json(next);
  host::Completion seal = co_await host::seal(req, plain);
  if (seal.status != host::kOk) co_return VaultAnswer{Grant::unsealed, std::string(seal.data)};
  std::string sealed(seal.data), key = record_key(*account);
  std::string body = before + base::to_text(next.generation) + "\n" + sealed;
  VaultAnswer answer = co_await ask_vault(req, key, verb, std::move(body));
  // With nobody to arbitrate: what another exchange has stored meanwhile, or is about to, must not be undone.
  if (answer.grant == Grant::local && verb == "put" && account->refreshing.busy()) answer.grant = Grant::busy;
  if (answer.grant == Grant::local && account->credential.generation < next.generation) {
    std::string message = key + "\n0\n" + sealed;
    host::Completion put = co_await host::put(req, message);
    if (put.status != host::kOk) answer = {Grant::unavailable, std::string(put.data)};
  }
  if (answer.grant == Grant::granted || answer.grant == Grant::local) {
    account->credential.generation = std::max(account->credential.generation, next.generation);
    account->old_seal = false;
  }
  co_return answer;
}

base::Task<Grant> take_over(uint32_t req, AccountPtr account, std::string sealed) {
  host::Completion plain = co_await host::unseal(req, sealed);
  Credential newer;
  std::string problem;
  bool opened = plain.status == host::kOk || plain.status == host::kOldSeal;
  if (!opened || !from_json(plain.data, newer, problem)) co_return Grant::unavailable;
  // Another exchange of this instance may have gone further meanwhile.
  if (newer.generation <= account->credential.generation) co_return Grant::newer;
  if (newer.added_ms != account->credential.added_ms) forget_troubles(*account);
  account->credential = std::move(newer);
  co_return Grant::newer;
}

base::Task<Problem> add(uint32_t req, AccountPtr account) {
  account->credential.added_ms = host::now_ms();
  VaultAnswer answer;
  for (int tries = 0; tries < kWrites; tries++) {
    answer = co_await write_next(req, account, "add", {});
    if (answer.grant != Grant::newer) break;
    account->credential.generation = base::to_int(answer.text).value_or(0);
  }
  if (answer.grant != Grant::granted && answer.grant != Grant::local)
    co_return storage_error(answer.text, "stored");
  if (co_await note_record(req, record_key(*account), true)) co_return std::nullopt;
  chat::Error error = storage_error({}, {});
  error.message = "The account '" + account->credential.id +
                  "' is stored, but not listed yet: storage failed. The next cron tick lists it, or add it "
                  "again by this id.";
  co_return error;
}

base::Task<Problem> store(uint32_t req, AccountPtr account) {
  std::string known = base::to_text(account->credential.generation) + "\n";
  VaultAnswer answer = co_await write_next(req, account, "put", std::move(known));
  switch (answer.grant) {
    case Grant::granted:
    case Grant::local: co_return std::nullopt;
    case Grant::newer:
      // A refresh that is under way finds the newer one by itself.
      if (!account->refreshing.busy()) co_await take_over(req, account, std::move(answer.text));
      [[fallthrough]];
    case Grant::busy: {
      chat::Error error = storage_error("its token is being renewed. Try again.", "stored");
      error.code = kBusy;
      co_return error;
    }
    case Grant::gone: co_return no_such_account(account->credential.id);
    default: co_return storage_error(answer.text, "stored");
  }
}

base::Task<Reading> read_record(uint32_t req, std::string key, Credential& out, bool& old_seal) {
  host::Completion stored = co_await host::get(req, key);
  if (stored.status != host::kOk)
    co_return stored.status == host::kNotFound ? Reading::none : Reading::failed;
  std::string sealed(stored.data);
  host::Completion plain = co_await host::unseal(req, sealed);
  std::string problem = "it cannot be opened with this SEAL_KEY.";
  old_seal = plain.status == host::kOldSeal;
  bool opened = plain.status == host::kOk || old_seal;
  if (opened && from_json(plain.data, out, problem)) co_return Reading::done;
  host::log(host::Level::error, "The record " + key + " is skipped: " + problem);
  co_return Reading::none;
}

base::Task<bool> lacks_record(uint32_t req, std::string id) {
  std::string key = "account:" + id;
  host::Completion stored = co_await host::get(req, key);
  co_return stored.status == host::kNotFound;
}

base::Task<Problem> remove(uint32_t req, std::string id) {
  std::string key = "account:" + id;
  std::string generation = base::to_text(host::now_ms());
  VaultAnswer answer;
  for (int tries = 0; tries < kWrites; tries++) {
    answer = co_await ask_vault(req, key, "erase", generation);
    if (answer.grant != Grant::newer) break;
    generation = base::to_text(base::to_int(answer.text).value_or(0) + 1);
  }
  if (answer.grant == Grant::local) {
    host::Completion erased = co_await host::erase(req, key);
    answer = {erased.status == host::kOk ? Grant::granted : Grant::unavailable, std::string(erased.data)};
  }
  if (answer.grant != Grant::granted) co_return storage_error(answer.text, "removed");
  co_await note_record(req, key, false);
  co_return std::nullopt;
}

}  // namespace account
