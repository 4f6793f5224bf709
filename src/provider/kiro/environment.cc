#include "provider/kiro/environment.h"

#include "base/text.h"
#include "config/settings.h"
#include "json/document.h"
#include "provider/kiro/credential_file.h"

namespace provider::amazon {

namespace {

std::string variable(std::string_view name) {
  const auto& others = config::settings().others;
  auto found = others.find(name);
  return found == others.end() ? std::string() : std::string(base::trim(found->second));
}

bool read_base64(const std::string& text, account::Credential& out, std::string& problem) {
  auto bytes = base::base64_decode(text);
  json::Document document;
  bool read = bytes && document.parse(*bytes) == json::Error::none && document.root().is_object() &&
              read_credential_file(document.root(), out);
  if (!read)
    return problem = "KIRO_OAUTH_CREDS_BASE64 is not a credential file of Kiro in base64; it is ignored.",
           false;
  auto wrong = check_credential(out);
  if (wrong) return problem = "KIRO_OAUTH_CREDS_BASE64 is ignored: " + wrong->message, false;
  // Made up just now, and another next time: what identifies the account must stay.
  if (document.root()["machineId"].inner().empty()) out.extra.erase("machine_id");
  return true;
}

}  // namespace

bool read_environment(account::Credential& out, std::string& problem) {
  for (std::string_view useless : {"KIRO_OAUTH_CREDS_FILE_PATH", "USE_SYSTEM_PROXY_KIRO"}) {
    if (variable(useless).empty() || variable(useless) == "false") continue;
    problem += std::string(useless) + " means nothing in a Worker, which has no files and no system proxy. ";
  }
  out.id = "kiro-env";
  if (std::string key = variable("KIRO_API_KEY"); !key.empty()) {
    out.api_key = std::move(key);
    return true;
  }
  std::string text = variable("KIRO_OAUTH_CREDS_BASE64");
  return !text.empty() && read_base64(text, out, problem);
}

}  // namespace provider::amazon
