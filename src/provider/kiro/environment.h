#pragma once

#include <string>

#include "account/account.h"

namespace provider::amazon {

// The account that KIRO_API_KEY or KIRO_OAUTH_CREDS_BASE64 gives (Provider::configured). Variables that mean
// nothing in a Worker are named in `problem`.
bool read_environment(account::Credential& out, std::string& problem);

}  // namespace provider::amazon
