#include "provider/google/oauth.h"

#include "base/text.h"
#include "host/host.h"
#include "json/document.h"
#include "provider/call.h"
#include "provider/token.h"

namespace provider::google {

namespace {

std::string form_of(const account::Credential& credential, const Descriptor& descriptor) {
  bool own = !credential.client_id.empty();
  std::string form = "grant_type=refresh_token&refresh_token=" + base::url_encode(credential.refresh_token);
  form += "&client_id=" +
          base::url_encode(own ? std::string_view(credential.client_id) : descriptor.value("client_id"));
  form += "&client_secret=" + base::url_encode(own ? std::string_view(credential.client_secret)
                                                   : descriptor.value("client_secret"));
  return form;
}

chat::Error needs_login(account::Account& account, std::string_view why) {
  std::string message = "The login of account " + account.credential.id + " is no longer valid (";
  message.append(why).append("). Log in again and add the account anew.");
  return login_is_over(account, std::move(message));
}

}  // namespace

base::Task<std::optional<chat::Error>> refresh_token(uint32_t req, account::Account& account,
                                                     const Descriptor& descriptor) {
  account::Credential& credential = account.credential;
  if (credential.refresh_token.empty()) co_return needs_login(account, "it has no refresh token");
  std::string message = "POST ";
  message +=
      credential.token_url.empty() ? descriptor.value("token_url") : std::string_view(credential.token_url);
  message += "\ncontent-type: application/x-www-form-urlencoded\n\n" + form_of(credential, descriptor);
  Answer answer = co_await call_once(req, std::move(message));

  json::Document document;
  json::Value root = answer.json(document);
  if (answer.ok() && root["access_token"].is_string()) {
    credential.access_token = root["access_token"].str();
    account.token_lifetime_ms = root["expires_in"].to_int(3600) * 1000;
    credential.expires_ms = host::now_ms() + account.token_lifetime_ms;
    std::string next = root["refresh_token"].str();
    if (!next.empty()) credential.refresh_token = std::move(next);
    co_return std::nullopt;
  }
  std::string word = root["error"].str();
  bool gone = word == "invalid_grant" || word == "invalid_client" || word == "unauthorized_client" ||
              word == "deleted_client" ||
              base::lower(root["error_description"].str()).find("reauth") != word.npos;
  if (gone) {
    co_return needs_login(account,
                          root["error_description"].is_string() ? root["error_description"].str() : word);
  }
  co_return token_endpoint_failed(account, "Google", answer);
}

}  // namespace provider::google
