// Where credentials rest: sealed records in KV. Nothing leaves the isolate unsealed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "account/account.h"
#include "base/task.h"
#include "chat/error.h"

namespace account {

// Seals and stores the account's credential and generation under "account:<id>" ("token:<id>" if it is from the environment).
base::Task<std::optional<chat::Error>> store(uint32_t req, AccountPtr account);
base::Task<std::optional<chat::Error>> remove(uint32_t req, std::string id);

// Single flight of refreshes inside this instance: runs `refresh` (a coroutine that updates the credential in place) unless
// another exchange already does it for this account, in which case this one waits for that outcome. On success the
// new generation is stored. The seam for a lease that spans instances: nothing else in the code calls a refresh.
using Refresh = base::Task<std::optional<chat::Error>> (*)(uint32_t req, Account& account);
base::Task<std::optional<chat::Error>> refresh_once(uint32_t req, AccountPtr account, Refresh refresh);

}  // namespace account
