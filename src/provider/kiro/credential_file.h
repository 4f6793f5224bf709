// The files in which Kiro's tools and their friends keep a login.
#pragma once

#include <optional>

#include "account/account.h"
#include "chat/error.h"
#include "json/document.h"

namespace provider::amazon {

// Reads the token file of the IDE (~/.aws/sso/cache/kiro-auth-token.json), alone or merged with the client's
// file beside it; the tokens of kiro-cli's database; and exports in either spelling. False: it is none.
bool read_credential_file(json::Value file, account::Credential& out);

// What a credential needs to be of use; fills in what has a default.
std::optional<chat::Error> check_credential(account::Credential& credential);

}  // namespace provider::amazon
