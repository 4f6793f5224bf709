// Where credentials rest: sealed records, read from KV everywhere, written by way of the account's Durable
// Object, which keeps the latest generation and passes it on to KV (js-shim/vault.js). Without that binding
// they are written to KV straight. Nothing leaves the isolate unsealed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "account/account.h"
#include "account/lease.h"
#include "base/task.h"
#include "chat/error.h"

namespace account {

// The KV key of the account's record: "account:<id>", or for an account of the ACCOUNTS variable
// "token:<id>:<digest>", where the digest is of the configured credential, so that a changed variable is not
// overruled by what an older one obtained.
std::string record_key(const Account& account);

// Stores an account that a person adds or renews, whatever is there by that id: it starts afresh everywhere.
base::Task<std::optional<chat::Error>> add(uint32_t req, AccountPtr account);
// Stores what has been learnt of an account (its owner's name), or what a person has set. An error with the
// code kBusy: its credential is being renewed, or has been elsewhere; that one is taken over, and what was
// to be stored can be brought again.
inline constexpr std::string_view kBusy = "account_busy";
base::Task<std::optional<chat::Error>> store(uint32_t req, AccountPtr account);
enum class Reading : uint8_t {
  done,
  none,    // there is no record, or it cannot be opened (which is logged)
  failed,  // storage did not say
};
// Reads the record under `key` into `out`. `old_seal`: it took the previous secret to open it.
base::Task<Reading> read_record(uint32_t req, std::string key, Credential& out, bool& old_seal);
// A 404.
chat::Error no_such_account(const std::string& id);
// Is there no record of the account, not even one that cannot be opened?
base::Task<bool> lacks_record(uint32_t req, std::string id);
base::Task<std::optional<chat::Error>> remove(uint32_t req, std::string id);

// ---- for lease.cc

struct VaultAnswer {
  Grant grant;
  std::string text;
};
// Asks the vault of the record `key`.
base::Task<VaultAnswer> ask_vault(uint32_t req, std::string key, std::string verb, std::string body);
// Seals the account's credential as its next generation and has `verb` write it; `before` goes ahead of it.
base::Task<VaultAnswer> write_next(uint32_t req, AccountPtr account, std::string verb, std::string before);
// Brings the account up to date with a `sealed` record.
base::Task<Grant> take_over(uint32_t req, AccountPtr account, std::string sealed);

}  // namespace account
