// What providers with access tokens share: when one is due for a refresh, and what a failed refresh means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "account/account.h"
#include "chat/error.h"
#include "provider/call.h"

namespace provider {

// True if `account` has an access token that is good for five minutes more (half its life, if that is
// shorter), or at all while its issuer is out of order. One whose end is unknown counts as good: a refusal
// will tell.
bool token_is_fresh(const account::Account& account, int64_t now_ms);

// Only a person can mend the login: stops the account. `message` says why and what to do; secrets are blotted
// out of it.
chat::Error login_is_over(account::Account& account, std::string message);

// The issuer failed in passing. True: the old token has some minutes left, and serves for half a minute
// before the issuer is asked again.
bool old_token_serves(account::Account& account);

// The token endpoint of `whom` ("Google") failed in passing: the old login is kept, and no error while the
// old token serves.
std::optional<chat::Error> token_endpoint_failed(account::Account& account, std::string_view whom,
                                                 const Answer& answer);

}  // namespace provider
