// Code Assist bills a Google Cloud project: finding the account's own, or having one made (onboarding).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "account/account.h"
#include "base/task.h"
#include "chat/error.h"
#include "provider/descriptor.h"

namespace provider::code_assist {

// The provider's data.
Descriptor& descriptor();

// "https://.../v1internal" of the account's endpoint.
std::string base_url(const account::Account& account);

// The user-agent of Google's CLI at work with `model`.
std::string user_agent(std::string_view model);

// Does the account name a project that Code Assist takes? Project numbers it refuses.
bool has_project(const account::Account& account);

// Fills credential.project. The procedure is that of Google's own CLI: loadCodeAssist, and onboardUser for an
// account that has no tier yet. What only a person can mend (a verification, a licence) stops the account and
// says so.
base::Task<std::optional<chat::Error>> find_project(uint32_t req, account::Account& account);

}  // namespace provider::code_assist
