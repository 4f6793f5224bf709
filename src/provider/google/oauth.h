// Google's OAuth for installed apps: refreshing an access token.
#pragma once

#include <optional>
#include <string_view>

#include "account/account.h"
#include "base/task.h"
#include "chat/error.h"
#include "provider/descriptor.h"

namespace provider::google {

// Obtains a new access token with the account's refresh token. A transient fault keeps the old one, and is no
// error while that is still valid. "invalid_grant" stops the account: only a new login helps. The OAuth
// client and the endpoint are the account's own, else those of `descriptor` ("client_id", "client_secret",
// "token_url"), which must be static.
base::Task<std::optional<chat::Error>> refresh_token(uint32_t req, account::Account& account,
                                                     const Descriptor& descriptor);

}  // namespace provider::google
