// An organisation's profile, without which its logins cannot ask for anything.
#pragma once

#include <optional>

#include "account/account.h"
#include "base/task.h"
#include "chat/error.h"

namespace provider::amazon {

// Does this account have what its kind needs?
bool has_profile(const account::Account& account);
// Looks the profile up where Kiro has regions. None, or a choice to make, stops the account and says so.
base::Task<std::optional<chat::Error>> find_profile(uint32_t req, account::Account& account);

}  // namespace provider::amazon
