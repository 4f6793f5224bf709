#include "account/vault.h"

#include "base/sha256.h"
#include "base/text.h"
#include "host/host.h"

namespace account {

namespace {

chat::Error storage_error(const host::Completion& failed, std::string_view what) {
  chat::Error error;
  error.fault = chat::Fault::overloaded;
  error.code = "storage_unavailable";
  error.message = "The credential could not be ";
  error.message.append(what).append(": ").append(failed.data.empty() ? "storage failed" : failed.data);
  error.retry = true;
  return error;
}

}  // namespace

std::string record_key(const Account& account) {
  if (!account.from_environment) return "account:" + account.credential.id;
  return "token:" + account.credential.id + ":" + account.configured_digest;
}

base::Task<std::optional<chat::Error>> store(uint32_t req, AccountPtr account) {
  std::string plain = to_json(account->credential);
  host::Completion sealed = co_await host::seal(req, plain);
  if (sealed.status != host::kOk) co_return storage_error(sealed, "sealed");
  std::string message = record_key(*account) + "\n0\n";
  message += sealed.data;
  host::Completion put = co_await host::put(req, message);
  if (put.status != host::kOk) co_return storage_error(put, "stored");
  co_return std::nullopt;
}

base::Task<bool> read_record(uint32_t req, std::string key, Credential& out) {
  host::Completion stored = co_await host::get(req, key);
  if (stored.status != host::kOk) co_return false;
  std::string sealed(stored.data);
  host::Completion plain = co_await host::unseal(req, sealed);
  std::string problem = "it cannot be opened with this SEAL_KEY.";
  if (plain.status == host::kOk && from_json(plain.data, out, problem)) co_return true;
  host::log(host::Level::error, "The record " + key + " is skipped: " + problem);
  co_return false;
}

base::Task<std::optional<chat::Error>> remove(uint32_t req, std::string id) {
  std::string key = "account:" + id;
  host::Completion erased = co_await host::erase(req, key);
  if (erased.status != host::kOk) co_return storage_error(erased, "removed");
  co_return std::nullopt;
}

base::Task<std::optional<chat::Error>> refresh_once(uint32_t req, AccountPtr account, Refresh refresh) {
  uint32_t seen = account->refreshes;
  while (account->refreshing.busy()) {
    if (!co_await account->refreshing.wait(req)) {
      chat::Error error;
      error.fault = chat::Fault::timeout;
      error.message = "Another request is refreshing this account and takes too long. Try again.";
      error.retry = true;
      co_return error;
    }
    if (account->refreshes != seen) co_return account->refresh_error;
    // Whoever was at it left in the middle: the first to wake takes over.
  }
  Flight::Lead lead(account->refreshing);
  std::string before = to_json(account->credential);
  account->refresh_error = co_await refresh(req, *account);
  account->refreshes++;
  if (to_json(account->credential) == before) co_return account->refresh_error;
  // A credential that could not be stored still serves this instance; the next refresh tries again.
  if (auto problem = co_await store(req, account)) {
    host::log(host::Level::error, account->credential.id + ": " + problem->message);
  }
  co_return account->refresh_error;
}

}  // namespace account
