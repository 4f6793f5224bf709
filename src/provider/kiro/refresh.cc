#include "provider/kiro/refresh.h"

#include <algorithm>

#include "base/text.h"
#include "host/host.h"
#include "http/head.h"
#include "json/writer.h"
#include "provider/call.h"
#include "provider/kiro/identity.h"
#include "provider/token.h"

namespace provider::amazon {

namespace {

using account::Credential;
using Problem = std::optional<chat::Error>;

chat::Error needs_login(account::Account& account, std::string_view why) {
  std::string message = "The Kiro login of account " + account.credential.id + " is over (";
  message.append(why).append("). Log in again, with a login of the gateway's own: ");
  message += "an IDE that shares it uses the refresh token up.";
  return login_is_over(account, std::move(message));
}

std::string social_message(const Credential& credential) {
  std::string region = auth_region(credential);
  std::string message = "POST " + (credential.token_url.empty() ? filled("refresh_url", region, credential)
                                                                : credential.token_url);
  message += "\ncontent-type: application/json\naccept: application/json, text/plain, */*\nuser-agent: ";
  message += filled("user_agent_auth", region, credential) + "\n\n";
  json::Writer(message).begin_object().key("refreshToken").string(credential.refresh_token).end_object();
  return message;
}

std::string oidc_message(const Credential& credential) {
  std::string region = auth_region(credential);
  std::string message =
      "POST " +
      (credential.token_url.empty() ? filled("refresh_idc_url", region, credential) : credential.token_url);
  message += "\ncontent-type: application/json\n\n";
  json::Writer w(message);
  w.begin_object().key("clientId").string(credential.client_id);
  w.key("clientSecret").string(credential.client_secret).key("grantType").raw("\"refresh_token\"");
  w.key("refreshToken").string(credential.refresh_token).end_object();
  return message;
}

std::string external_message(const Credential& credential) {
  std::string message = "POST " + credential.token_url;
  message += "\ncontent-type: application/x-www-form-urlencoded\n\ngrant_type=refresh_token&client_id=";
  message += base::url_encode(credential.client_id);
  message += "&refresh_token=" + base::url_encode(credential.refresh_token);
  return message += "&scope=" + base::url_encode(extra(credential, "scopes"));
}

// A refresh token goes to nobody but the identity providers that are known.
bool is_known_idp(std::string_view url) {
  std::string_view origin = http::origin_of(url);
  std::string_view host = origin.substr(std::min(origin.size(), origin.find("//") + 2));
  std::string_view known = descriptor().value("idp_hosts");
  while (!known.empty()) {
    if (base::trim(base::take_until(known, ',')) == host) return !host.empty();
  }
  return false;
}

// What is missing for a refresh, or empty.
std::string_view missing(const Credential& credential) {
  if (credential.refresh_token.empty()) return "it has no refresh token";
  switch (kind_of(credential)) {
    case Kind::builder_id:
    case Kind::idc:
      if (credential.client_id.empty() || credential.client_secret.empty())
        return "its client_id and client_secret are missing";
      return {};
    case Kind::external_idp:
      if (!is_known_idp(credential.token_url))
        return "its token endpoint is not of a known identity provider";
      return {};
    case Kind::social:
    case Kind::api_key: break;
  }
  return {};
}

std::string message_for(const Credential& credential) {
  switch (kind_of(credential)) {
    case Kind::external_idp: return external_message(credential);
    case Kind::builder_id:
    case Kind::idc: return oidc_message(credential);
    case Kind::social:
    case Kind::api_key: break;
  }
  return social_message(credential);
}

// The endpoint's own word for a login that is over; empty: it may still be good.
std::string dead(const Answer& answer) {
  if (answer.status == 401 || answer.status == 403) return "HTTP " + base::to_text(answer.status);
  if (answer.status != 400) return {};
  std::string said =
      answer.body.substr(0, 2000) + std::string(http::header(answer.headers, "x-amzn-errortype"));
  for (std::string_view word : {"invalid_grant", "Invalid grant", "Invalid refresh token", "ExpiredToken",
                                "InvalidToken", "InvalidGrant", "ExpiredClient", "Client is expired",
                                "InvalidClient", "invalid_client", "expired_token"}) {
    if (said.find(word) != said.npos) return std::string(word);
  }
  return {};
}

std::string either(json::Value from, std::string_view camel, std::string_view snake) {
  return from[camel].is_string() ? from[camel].str() : from[snake].str();
}

}  // namespace

bool is_fresh(const account::Account& account, int64_t now_ms) {
  return kind_of(account.credential) == Kind::api_key || token_is_fresh(account, now_ms);
}

bool take_tokens(json::Value answer, int64_t now_ms, Credential& to, int64_t& lifetime_ms) {
  std::string access = either(answer, "accessToken", "access_token");
  if (access.empty()) return false;
  to.access_token = std::move(access);
  std::string refresh = either(answer, "refreshToken", "refresh_token");
  if (!refresh.empty()) to.refresh_token = std::move(refresh);
  std::string profile = either(answer, "profileArn", "profile_arn");
  if (!region_of_arn(profile).empty()) to.extra["profile_arn"] = std::move(profile);
  json::Value seconds = answer["expiresIn"] ? answer["expiresIn"] : answer["expires_in"];
  lifetime_ms = seconds.to_int(3600) * 1000;
  to.expires_ms = now_ms + lifetime_ms;
  return true;
}

base::Task<Problem> refresh_token(uint32_t req, account::Account& account) {
  Credential& credential = account.credential;
  if (std::string_view lacks = missing(credential); !lacks.empty()) co_return needs_login(account, lacks);
  std::string message = message_for(credential);
  Answer answer = co_await call_once(req, std::move(message));
  json::Document document;
  json::Value root = answer.json(document);
  if (answer.ok() && take_tokens(root, host::now_ms(), credential, account.token_lifetime_ms))
    co_return std::nullopt;
  std::string why = dead(answer);
  if (why.empty()) co_return token_endpoint_failed(account, "Kiro", answer);
  co_return needs_login(account, why);
}

}  // namespace provider::amazon
