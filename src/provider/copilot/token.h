// A GitHub login becomes a Copilot token for about half an hour: the exchange, and the host it names.
//
// In the credential: `refresh_token` is the GitHub token, `access_token` the Copilot token, extra "api" the
// API's base URL, extra "domain" the GitHub Enterprise domain, if it is one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "account/account.h"
#include "base/task.h"
#include "chat/error.h"
#include "provider/descriptor.h"

namespace provider::github {

// The provider's data.
Descriptor& descriptor();
// Is `word` one of those that the provider's value `key` names, separated by commas?
bool is_listed(std::string_view key, std::string_view word);

// "https://api.github.com", or that of the account's GitHub Enterprise.
std::string github_api(const account::Account& account);
// Where generations go, no trailing slash.
std::string api_base(const account::Account& account);

// The header lines that a client of Copilot names itself by.
void append_client(std::string& out);

// Is `url` on a host that Copilot tokens may be sent to? `domain`: the account's enterprise, or empty.
bool is_allowed_api(std::string_view url, std::string_view domain);

// Until when a token may be used: what the issuer says, by our clock, and never more than 25 minutes.
int64_t expiry_of(int64_t expires_at_s, int64_t refresh_in_s, int64_t now_ms);

bool is_fresh(const account::Account& account, int64_t now_ms);
base::Task<std::optional<chat::Error>> exchange(uint32_t req, account::Account& account);

}  // namespace provider::github
