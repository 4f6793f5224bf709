// Fresh access tokens for Kiro's logins, each at its own door.
#pragma once

#include <optional>

#include "account/account.h"
#include "base/task.h"
#include "chat/error.h"
#include "json/document.h"

namespace provider::amazon {

bool is_fresh(const account::Account& account, int64_t now_ms);

// Gets a new access token, and keeps the refresh token that comes with it: the old one is used up. A login
// that is over makes the account need a new one; any other failure leaves it as it was.
base::Task<std::optional<chat::Error>> refresh_token(uint32_t req, account::Account& account);

// Takes over tokens in either spelling ("accessToken", "access_token"). False: there is no access token.
bool take_tokens(json::Value answer, int64_t now_ms, account::Credential& to, int64_t& lifetime_ms);

}  // namespace provider::amazon
