// The credential files of Google's tools and of the proxies around them.
#pragma once

#include "account/account.h"
#include "json/document.h"

namespace provider::google {

// The Gemini CLI's oauth_creds.json, gcloud's application default credentials, and the files that common
// proxies wrap around either. False: it is none of them.
bool read_credential_file(json::Value file, account::Credential& out);

}  // namespace provider::google
