// Where credentials rest: sealed records in KV. Nothing leaves the isolate unsealed.
#pragma once

#include <optional>
#include <string>

#include "account/account.h"
#include "base/task.h"
#include "chat/error.h"

namespace account {

// The KV key of the account's record: "account:<id>", or for an account of the ACCOUNTS variable
// "token:<id>:<digest>", where the digest is of the configured credential, so that a changed variable is not
// overruled by what an older one obtained.
std::string record_key(const Account& account);

// Seals and stores the account's credential.
base::Task<std::optional<chat::Error>> store(uint32_t req, AccountPtr account);
// Reads the record under `key` into `out`. False: there is none, or it cannot be opened (which is logged).
base::Task<bool> read_record(uint32_t req, std::string key, Credential& out);
base::Task<std::optional<chat::Error>> remove(uint32_t req, std::string id);

// Runs `refresh`, which updates the credential in place, unless another exchange of this instance is at it:
// then this one waits for that outcome. A credential that changed is stored. The one place from which
// refreshes start, and so the seam for a lease that spans instances.
using Refresh = base::Task<std::optional<chat::Error>> (*)(uint32_t req, Account& account);
base::Task<std::optional<chat::Error>> refresh_once(uint32_t req, AccountPtr account, Refresh refresh);

}  // namespace account
