// Credential files of the official tools, and our own records, told apart by their members.
#pragma once

#include <string>
#include <string_view>

#include "account/account.h"

namespace provider {

// Reads `json`: a file that one of the providers knows (the one its "provider" member names, else the first),
// or our own record. "id", "label", "base_url", "token_url", "project" and "models" may stand beside whatever
// a tool wrote. On failure `problem` is a sentence for the person who sent it.
bool import(std::string_view json, account::Credential& out, std::string& problem);

}  // namespace provider
