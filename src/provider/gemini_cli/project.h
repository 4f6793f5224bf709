// What Code Assist must know of Google's CLI.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/account.h"
#include "provider/descriptor.h"
#include "provider/google/project.h"
#include "provider/quota.h"

namespace provider::code_assist {

// The provider's data.
Descriptor& descriptor();

// "https://.../v1internal" of the account's endpoint.
std::string base_url(const account::Account& account);

// The user-agent of Google's CLI at work with `model`.
std::string user_agent(std::string_view model);

// How the account's project is asked for.
google::Door door(const account::Account& account);

// retrieveUserQuota, and the account's credits. Google may refuse a request although something is left here.
base::Task<std::optional<chat::Error>> quota(uint32_t req, account::Account& account,
                                             std::vector<Quota>& out);

}  // namespace provider::code_assist
