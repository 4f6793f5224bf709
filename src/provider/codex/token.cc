#include "provider/codex/token.h"

#include <algorithm>

#include "base/text.h"
#include "host/host.h"
#include "json/writer.h"
#include "provider/call.h"
#include "provider/codex/built_in.h"
#include "provider/token.h"

namespace provider::chatgpt {

namespace {

constexpr const char* kAccountId = "account_id";

std::string refresh_body(const account::Credential& credential) {
  std::string body;
  json::Writer w(body);
  w.begin_object().key("client_id").string(descriptor().value("client_id"));
  w.key("grant_type").raw("\"refresh_token\"");
  w.key("refresh_token").string(credential.refresh_token).end_object();
  return body;
}

chat::Error stopped(account::Account& account, std::string_view why) {
  std::string message = "The login of account " + account.credential.id + " is no longer valid (";
  message.append(why.empty() ? "refused" : why);
  message += "). Log in again; do not share a login with a running Codex CLI.";
  return login_is_over(account, std::move(message));
}

}  // namespace

std::string word_of(json::Value root) {
  for (json::Value word : {root["error"]["code"], root["error"], root["code"]}) {
    if (word.is_string()) return word.str();
  }
  return {};
}

Descriptor& descriptor() {
  static Descriptor instance(kCodexBuiltIn);
  return instance;
}

Claims claims_of(std::string_view token) {
  Claims claims;
  base::take_until(token, '.');
  auto payload = base::base64_decode(base::take_until(token, '.'));
  json::Document document;
  if (!payload || document.parse(*payload) != json::Error::none) return claims;
  json::Value root = document.root();
  claims.account_id = root["https://api.openai.com/auth"]["chatgpt_account_id"].str();
  claims.email =
      root["email"].is_string() ? root["email"].str() : root["https://api.openai.com/profile"]["email"].str();
  claims.expires_ms = root["exp"].to_int() * 1000;
  return claims;
}

void take_tokens(json::Value answer, account::Credential& out) {
  std::string refresh_token = answer["refresh_token"].str();
  if (!refresh_token.empty()) out.refresh_token = std::move(refresh_token);
  for (std::string_view name : {"id_token", "access_token"}) {
    Claims claims = claims_of(answer[name].str());
    if (!claims.account_id.empty()) out.extra[kAccountId] = claims.account_id;
    if (out.label.empty()) out.label = claims.email;
  }
  if (answer["account_id"].is_string()) out.extra[kAccountId] = answer["account_id"].str();
  if (!answer["access_token"].is_string()) return;
  out.access_token = answer["access_token"].str();
  out.expires_ms = claims_of(out.access_token).expires_ms;
  int64_t lasts = answer["expires_in"].to_int();
  if (!out.expires_ms && lasts > 0) out.expires_ms = host::now_ms() + lasts * 1000;
}

bool is_fresh(const account::Account& account, int64_t now_ms) {
  return !account.credential.api_key.empty() || token_is_fresh(account, now_ms);
}

base::Task<std::optional<chat::Error>> refresh(uint32_t req, account::Account& account) {
  account::Credential& credential = account.credential;
  if (credential.refresh_token.empty()) co_return stopped(account, "it has no refresh token");
  std::string url = credential.token_url;
  if (url.empty()) url = std::string(descriptor().value("issuer_url")) + "/oauth/token";
  std::string message = "POST " + url + "\ncontent-type: application/json\n\n" + refresh_body(credential);
  Answer answer = co_await call_once(req, std::move(message));
  json::Document document;
  json::Value root = answer.json(document);
  // The old refresh token has been used up even where no access token came with the new one.
  if (answer.ok()) take_tokens(root, credential);
  if (answer.ok() && root["access_token"].is_string()) {
    if (credential.expires_ms) account.token_lifetime_ms = credential.expires_ms - host::now_ms();
    co_return std::nullopt;
  }
  std::string word = word_of(root);
  bool gone = answer.status == 401 || word == "invalid_grant" || word.starts_with("refresh_token_");
  if (gone) co_return stopped(account, word);
  co_return token_endpoint_failed(account, "OpenAI", answer);
}

bool adopt(json::Value file, account::Credential& out) {
  json::Value tokens = file["tokens"].is_object() ? file["tokens"] : file;
  bool own = file["tokens"].is_object() || file["type"].equals("codex");
  if (own && (tokens["access_token"].is_string() || tokens["refresh_token"].is_string())) {
    take_tokens(tokens, out);
    if (out.label.empty()) out.label = file["email"].str();
    return true;
  }
  if (!file["OPENAI_API_KEY"].is_string()) return false;
  out.api_key = file["OPENAI_API_KEY"].str();
  return !out.api_key.empty();
}

}  // namespace provider::chatgpt
