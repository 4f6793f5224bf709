#include "provider/qwen/token.h"

#include "base/text.h"
#include "config/settings.h"
#include "host/host.h"
#include "http/head.h"
#include "provider/call.h"
#include "provider/google/errors.h"
#include "provider/qwen/built_in.h"
#include "provider/token.h"

namespace provider::qwen_service {

namespace {

constexpr const char* kResource = "resource_url";
constexpr const char* kPlan = "plan";

struct Variable {
  std::string_view name, plan;
};
constexpr Variable kVariables[] = {
    {"BAILIAN_CODING_PLAN_API_KEY", "coding"},
    {"BAILIAN_TOKEN_PLAN_API_KEY", "token"},
    {"DASHSCOPE_API_KEY", ""},
};

// Is `host` one of the comma-separated `domains`, or within one?
bool is_within(std::string_view host, std::string_view domains) {
  while (!domains.empty()) {
    std::string_view domain = base::trim(base::take_until(domains, ','));
    if (domain.empty() || !host.ends_with(domain)) continue;
    if (host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.') return true;
  }
  return false;
}

chat::Error over(account::Account& account, std::string_view why) {
  std::string message = "The Qwen login of account " + account.credential.id + " is over (";
  message.append(why).append("). Log in again, and do not share the login with a running Qwen Code.");
  return login_is_over(account, std::move(message));
}

}  // namespace

Descriptor& descriptor() {
  static Descriptor instance(kQwenBuiltIn);
  return instance;
}

bool has_key(const account::Account& account) { return !account.credential.api_key.empty(); }

std::string_view plan_url(std::string_view name) {
  return descriptor().value("plan_" + std::string(name) + "_url");
}

std::string portal_base(std::string_view resource_url) {
  std::string url(resource_url);
  if (url.find("://") == url.npos) url.insert(0, "https://");
  while (url.ends_with('/')) url.pop_back();
  if (!url.ends_with("/v1")) url += "/v1";
  std::string_view origin = http::origin_of(url);
  constexpr std::string_view kScheme = "https://";
  if (!origin.starts_with(kScheme) || !url.starts_with(origin)) return {};
  std::string_view host = origin.substr(kScheme.size());
  bool plain = host.find_first_of("@:?#\\") == host.npos;
  return plain && is_within(host, descriptor().value("hosts")) ? url : std::string();
}

std::string base_of(const account::Account& account) {
  if (!account.credential.base_url.empty()) return account.credential.base_url;
  if (has_key(account)) {
    std::string_view plan = extra(account.credential, kPlan);
    if (plan.empty()) plan = account.credential.api_key.starts_with("sk-sp-") ? "coding" : "dashscope";
    return std::string(plan_url(plan));
  }
  std::string said = portal_base(extra(account.credential, kResource));
  return said.empty() ? std::string(descriptor().value("base_url")) : said;
}

bool take_tokens(json::Value answer, int64_t now_ms, account::Credential& to) {
  if (!answer["access_token"].is_string() || answer["access_token"].inner().empty()) return false;
  to.access_token = answer["access_token"].str();
  if (!answer["refresh_token"].inner().empty()) to.refresh_token = answer["refresh_token"].str();
  if (!answer[kResource].inner().empty()) to.extra[kResource] = answer[kResource].str();
  int64_t lasts = answer["expires_in"].to_int();
  to.expires_ms = lasts > 0 ? now_ms + lasts * 1000 : 0;
  return true;
}

bool is_fresh(const account::Account& account, int64_t now_ms) {
  return has_key(account) || token_is_fresh(account, now_ms);
}

base::Task<std::optional<chat::Error>> refresh(uint32_t req, account::Account& account) {
  account::Credential& credential = account.credential;
  if (credential.refresh_token.empty()) co_return over(account, "it has no refresh token");
  std::string message = "POST " + credential.token_url;
  if (credential.token_url.empty()) message.append(descriptor().value("auth_url")).append("/token");
  message += "\ncontent-type: application/x-www-form-urlencoded\naccept: application/json\n\n";
  message += "grant_type=refresh_token&refresh_token=" + base::url_encode(credential.refresh_token);
  message += "&client_id=" + base::url_encode(descriptor().value("client_id"));
  Answer answer = co_await call_once(req, std::move(message));
  json::Document document;
  // A firewall's page may come with any status, 200 included.
  bool is_json = document.parse(answer.body) == json::Error::none;
  json::Value root = is_json ? document.root() : json::Value{};
  int64_t now = host::now_ms();
  if (answer.ok() && take_tokens(root, now, credential)) {
    if (credential.expires_ms) account.token_lifetime_ms = credential.expires_ms - now;
    co_return std::nullopt;
  }
  bool refused = answer.status == 400 || answer.status == 401;
  if (is_json && refused) {
    std::string why = root["error"].is_string() ? root["error"].str() : std::string("refused");
    co_return over(account, why);
  }
  co_return token_endpoint_failed(account, "Qwen", answer);
}

bool adopt(json::Value file, account::Credential& out) {
  if (file["provider"].is_string() && file["api_key"].is_string() && file[kPlan].is_string()) {
    out.api_key = file["api_key"].str();
    out.extra[kPlan] = file[kPlan].str();
    return true;
  }
  if (!file[kResource].is_string() && !file["type"].equals("qwen")) return false;
  if (!file["refresh_token"].is_string() && !file["access_token"].is_string()) return false;
  out.access_token = file["access_token"].str();
  out.refresh_token = file["refresh_token"].str();
  out.label = file["email"].str();
  if (!file[kResource].inner().empty()) out.extra[kResource] = file[kResource].str();
  out.expires_ms = file["expiry_date"].to_int();
  constexpr int64_t kLongAgo = 1;
  if (!out.expires_ms) out.expires_ms = std::max(kLongAgo, google::timestamp_ms(file["expired"].str()));
  return true;
}

bool configured(account::Credential& out) {
  for (const Variable& variable : kVariables) {
    auto found = config::settings().others.find(variable.name);
    if (found == config::settings().others.end() || base::trim(found->second).empty()) continue;
    out.id = "qwen-env";
    out.provider = "qwen";
    out.api_key = base::trim(found->second);
    if (!variable.plan.empty()) out.extra[kPlan] = variable.plan;
    return true;
  }
  return false;
}

}  // namespace provider::qwen_service
