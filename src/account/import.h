// Credential files of the official tools, and our own records, told apart by their members.
#pragma once

#include <string>
#include <string_view>

#include "account/account.h"

namespace account {

// Reads `json`: our own record; the Gemini CLI's oauth_creds.json; the common proxies' files around it;
// gcloud's application default credentials. On failure `problem` is a sentence for the person who sent it.
bool import(std::string_view json, Credential& out, std::string& problem);

}  // namespace account
