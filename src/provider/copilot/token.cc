#include "provider/copilot/token.h"

#include <algorithm>

#include "base/text.h"
#include "host/host.h"
#include "json/document.h"
#include "provider/call.h"
#include "provider/copilot/built_in.h"
#include "provider/token.h"

namespace provider::github {

namespace {

constexpr int64_t kCeilingMs = 25 * 60'000;
constexpr int64_t kGraceS = 60;
// A fine-grained personal token with the permission "Copilot Requests" needs no exchange.
constexpr std::string_view kDirect = "github_pat_";

// "...;proxy-ep=proxy.business.githubcopilot.com;..." names the host's kind.
std::string base_in_token(std::string_view token) {
  constexpr std::string_view kMember = "proxy-ep=proxy.";
  size_t at = token.find(kMember);
  if (at == token.npos) return {};
  std::string_view rest = token.substr(at + kMember.size());
  return "https://api." + std::string(rest.substr(0, rest.find(';')));
}

void choose_api(account::Account& account, json::Value root) {
  std::string_view domain = extra(account.credential, "domain");
  std::string said = root["endpoints"]["api"].str();
  std::string& api = account.credential.extra["api"];
  api.clear();
  for (std::string url : {said, base_in_token(account.credential.access_token)}) {
    while (url.ends_with('/')) url.pop_back();
    if (api.empty() && is_allowed_api(url, domain)) api = url;
  }
}

chat::Error failure(const account::Account& account, std::string why, std::string_view code) {
  chat::Error error;
  error.fault = chat::Fault::no_account;
  error.code = code;
  error.message = "GitHub gives account " + account.credential.id + " no Copilot token: " + std::move(why);
  return error;
}

// GitHub's reason, with the page where a person can do something about it.
std::string reason_in(json::Value root) {
  json::Value details = root["error_details"];
  std::string why = details["message"].is_string() ? details["message"].str() : root["message"].str();
  if (why.empty()) why = "it gave no reason";
  if (!why.ends_with('.')) why += '.';
  if (details["url"].is_string()) why += " See " + details["url"].str();  // last, with nothing to cling to it
  return why;
}

std::optional<chat::Error> refused(account::Account& account, const Answer& answer, json::Value root) {
  std::string why = reason_in(root);
  bool limited = answer.status == 429 || base::lower(why).find("rate limit") != why.npos;
  bool is_verdict = answer.ok()
                        ? bool(root["error_details"])
                        : !limited && answer.status >= 400 && answer.status < 500 && answer.status != 408;
  if (is_verdict) {
    bool banned = root["error_details"]["notification_id"].equals("spammy_user");
    chat::Error error = failure(account, why, banned ? "account_suspended" : "needs_login");
    account::stop(account, banned ? account::State::quarantined : account::State::needs_login, error.message);
    return error;
  }
  if (old_token_serves(account)) return std::nullopt;
  chat::Error error = failure(account, why + " The login is kept; try again.", "token_endpoint_unavailable");
  error.fault = limited ? chat::Fault::rate_limited : chat::Fault::upstream;
  error.retry = true;
  if (limited) account::rest(account, {}, true, host::now_ms() + 60'000, false, error.message);
  return error;
}

}  // namespace

Descriptor& descriptor() {
  static Descriptor instance(kCopilotBuiltIn);
  return instance;
}

bool is_listed(std::string_view key, std::string_view word) {
  std::string_view words = descriptor().value(key);
  while (!words.empty()) {
    if (base::trim(base::take_until(words, ',')) == word) return true;
  }
  return false;
}

std::string github_api(const account::Account& account) {
  std::string_view domain = extra(account.credential, "domain");
  if (domain.empty()) return std::string(descriptor().value("github_api_url"));
  return "https://api." + std::string(domain);
}

std::string api_base(const account::Account& account) {
  if (!account.credential.base_url.empty()) return account.credential.base_url;
  std::string_view api = extra(account.credential, "api"), domain = extra(account.credential, "domain");
  if (!api.empty()) return std::string(api);
  if (!domain.empty()) return "https://copilot-api." + std::string(domain);
  return std::string(descriptor().value("api_url"));
}

void append_client(std::string& out) {
  out.append("user-agent: ").append(descriptor().value("user_agent"));
  out.append("\neditor-version: ").append(descriptor().value("editor_version"));
  out.append("\neditor-plugin-version: ").append(descriptor().value("plugin_version"));
  out.append("\ncopilot-integration-id: ").append(descriptor().value("integration_id")).append("\n");
}

bool is_allowed_api(std::string_view url, std::string_view domain) {
  constexpr std::string_view kScheme = "https://";
  if (!url.starts_with(kScheme)) return false;
  std::string_view host = url.substr(kScheme.size());
  if (host.find_first_of("/@:?#\\") != host.npos) return false;
  if (is_listed("api_hosts", host)) return true;
  return !domain.empty() && host.ends_with("." + std::string(domain));
}

int64_t expiry_of(int64_t expires_at_s, int64_t refresh_in_s, int64_t now_ms) {
  int64_t until = now_ms + kCeilingMs;
  if (refresh_in_s > 0) until = std::min(until, now_ms + (refresh_in_s + kGraceS) * 1000);
  if (expires_at_s > 0) until = std::min(until, expires_at_s * 1000);
  return until;
}

bool is_fresh(const account::Account& account, int64_t now_ms) {
  const account::Credential& credential = account.credential;
  bool direct = credential.refresh_token.starts_with(kDirect) && !credential.access_token.empty();
  return direct || token_is_fresh(account, now_ms);
}

base::Task<std::optional<chat::Error>> exchange(uint32_t req, account::Account& account) {
  account::Credential& credential = account.credential;
  if (credential.refresh_token.starts_with(kDirect)) {
    credential.access_token = credential.refresh_token;
    co_return std::nullopt;
  }
  std::string message = "GET " + github_api(account) + "/copilot_internal/v2/token\nauthorization: token ";
  message += credential.refresh_token + "\naccept: application/json\n";
  append_client(message);
  message.append("x-github-api-version: ").append(descriptor().value("github_api_version")).append("\n\n");
  Answer answer = co_await call(req, std::move(message));
  json::Document document;
  json::Value root = answer.json(document);
  if (!answer.ok() || !root["token"].is_string()) co_return refused(account, answer, root);
  int64_t now = host::now_ms();
  credential.access_token = root["token"].str();
  credential.expires_ms = expiry_of(root["expires_at"].to_int(), root["refresh_in"].to_int(), now);
  account.token_lifetime_ms = std::max<int64_t>(0, credential.expires_ms - now);
  choose_api(account, root);
  co_return std::nullopt;
}

}  // namespace provider::github
