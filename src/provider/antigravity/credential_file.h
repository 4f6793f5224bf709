// The credential files of Antigravity's users: those of proxies and of opencode's plugin.
#pragma once

#include "account/account.h"
#include "json/document.h"

namespace provider::gravity {

// False: it is none of them. Of a file with several accounts, the active one is taken. A file of Google's own
// tools says nothing of whose it is: `named`, if the person says that it is Antigravity's.
bool read_credential_file(json::Value file, bool named, account::Credential& out);

// Takes "token|project|managed project" apart, as the plugin keeps them.
void unpack(account::Credential& credential);

}  // namespace provider::gravity
