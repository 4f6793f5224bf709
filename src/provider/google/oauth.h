// Google's OAuth for installed apps: refreshing an access token.
#pragma once

#include <optional>
#include <string_view>

#include "account/account.h"
#include "base/task.h"
#include "chat/error.h"

namespace provider::google {

// An OAuth client. Google treats an installed app's secret as public; both can be overridden per account.
struct OAuthClient {
  std::string_view id, secret;
};

// True if `account` has an access token that is good for five minutes more (half its life, if that is
// shorter).
bool token_is_fresh(const account::Account& account, int64_t now_ms);

// Obtains a new access token with the account's refresh token. A transient fault keeps the old one, and is no
// error while that is still valid. "invalid_grant" stops the account: only a new login helps. `client` must
// be static.
base::Task<std::optional<chat::Error>> refresh_token(uint32_t req, account::Account& account,
                                                     const OAuthClient* client);

}  // namespace provider::google
