#include "provider/iflow/token.h"

#include <algorithm>

#include "base/text.h"
#include "host/host.h"
#include "json/writer.h"
#include "provider/call.h"
#include "provider/google/errors.h"
#include "provider/iflow/built_in.h"
#include "provider/login.h"
#include "provider/token.h"

namespace provider::iflow_service {

namespace {

using account::Credential;
using json::Value;
using Problem = std::optional<chat::Error>;

constexpr const char* kCookie = "cookie";
constexpr int64_t kHour = 3600'000, kDay = 24 * kHour;
constexpr int64_t kBeijing = 8 * kHour;  // ahead of UTC, all year

std::string client_id(const Credential& credential) {
  return credential.client_id.empty() ? std::string(descriptor().value("client_id")) : credential.client_id;
}

std::string client_secret(const Credential& credential) {
  return credential.client_secret.empty() ? std::string(descriptor().value("client_secret"))
                                          : credential.client_secret;
}

// iFlow says what is wrong in any of these, also with status 200.
Problem failed(const Answer& answer, std::string_view what, bool* dead) {
  json::Document document;
  bool is_json = document.parse(answer.body) == json::Error::none;
  Value root = is_json ? document.root() : Value{};
  std::string said;
  for (std::string_view name : {"error_description", "message", "msg", "error"}) {
    if (said.empty()) said = root[name].str();
  }
  chat::Error error = login_failed(answer, what, said);
  *dead = !error.retry;
  return error;
}

// "YYYY-MM-DD HH:mm" without a zone; -1 if it is none.
int64_t platform_time(std::string_view text) {
  if (text.size() != 16 || text[10] != ' ') return -1;
  std::string stamp = std::string(text.substr(0, 10)) + "T" + std::string(text.substr(11)) + ":00Z";
  int64_t ms = google::timestamp_ms(stamp);
  return ms < 0 ? -1 : ms - kBeijing;
}

void append_browser(const Credential& credential, std::string& message) {
  message.append("\nuser-agent: ").append(descriptor().value("browser_agent"));
  message += "\naccept: application/json, text/plain, */*\naccept-language: zh-CN,zh;q=0.9,en;q=0.8";
  message += "\nsec-fetch-dest: empty\nsec-fetch-mode: cors\nsec-fetch-site: same-origin\ncookie: ";
  message.append(extra(credential, kCookie));
}

Problem over(account::Account& account, const chat::Error& why) {
  std::string message = "The iFlow login of account " + account.credential.id + " is over: " + why.message;
  return login_is_over(account, std::move(message));
}

}  // namespace

Descriptor& descriptor() {
  static Descriptor instance(kIflowBuiltIn);
  return instance;
}

std::string base_of(const account::Account& account) {
  if (!account.credential.base_url.empty()) return account.credential.base_url;
  return std::string(descriptor().value("base_url"));
}

base::Task<Problem> redeem(uint32_t req, Credential& to, std::string grant, bool* dead) {
  std::string id = client_id(to), secret = client_secret(to);
  std::string message = "POST " + to.token_url;
  if (to.token_url.empty()) message.append(descriptor().value("site_url")).append("/oauth/token");
  message += "\ncontent-type: application/x-www-form-urlencoded\naccept: application/json";
  message += "\nauthorization: Basic " + base::base64(id + ":" + secret) + "\n\n" + grant;
  message += "&client_id=" + base::url_encode(id) + "&client_secret=" + base::url_encode(secret);
  Answer answer = co_await call_once(req, std::move(message));
  json::Document document;
  bool is_json = document.parse(answer.body) == json::Error::none;
  Value root = is_json ? document.root() : Value{};
  if (!answer.ok() || root["access_token"].inner().empty())
    co_return failed(answer, "Redeeming iFlow's login", dead);
  to.access_token = root["access_token"].str();
  if (!root["refresh_token"].inner().empty()) to.refresh_token = root["refresh_token"].str();
  int64_t lasts = root["expires_in"].to_int();
  to.expires_ms = lasts > 0 ? host::now_ms() + lasts * 1000 : 0;
  co_return std::nullopt;
}

base::Task<Problem> derive_key(uint32_t req, Credential& to, bool* dead) {
  std::string message = "GET " + std::string(descriptor().value("site_url"));
  message += "/api/oauth/getUserInfo?accessToken=" + base::url_encode(to.access_token);
  message += "\naccept: application/json\n\n";
  Answer answer = co_await call(req, std::move(message));
  json::Document document;
  bool is_json = document.parse(answer.body) == json::Error::none;
  Value root = is_json ? document.root() : Value{}, data = root["data"];
  if (!answer.ok() || root["success"].is_false() || data["apiKey"].inner().empty())
    co_return failed(answer, "Asking for iFlow's key", dead);
  to.api_key = data["apiKey"].str();
  if (to.label.empty()) to.label = data["email"].inner().empty() ? data["phone"].str() : data["email"].str();
  co_return std::nullopt;
}

base::Task<Problem> key_by_cookie(uint32_t req, Credential& to, bool* dead) {
  std::string origin(descriptor().value("platform_url"));
  std::string url = origin + "/api/openapi/apikey";
  // The list shows a masked key and its name; only a new one is shown whole.
  std::string ask = "GET " + url;
  append_browser(to, ask);
  Answer answer = co_await call(req, ask + "\n\n");
  json::Document document;
  bool is_json = document.parse(answer.body) == json::Error::none;
  if (!answer.ok() || !is_json || document.root()["data"]["name"].inner().empty())
    co_return failed(answer, "Asking iFlow's platform for the name of the key", dead);
  std::string name = document.root()["data"]["name"].str();
  std::string make = "POST " + url;
  append_browser(to, make);
  make += "\norigin: " + origin + "\nreferer: " + origin + "/\ncontent-type: application/json\n\n";
  json::Writer(make).begin_object().key("name").string(name).end_object();
  answer = co_await call(req, std::move(make));
  is_json = document.parse(answer.body) == json::Error::none;
  Value data = is_json ? document.root()["data"] : Value{};
  if (!answer.ok() || document.root()["success"].is_false() || data["apiKey"].inner().empty())
    co_return failed(answer, "Making a key at iFlow's platform", dead);
  to.api_key = data["apiKey"].str();
  to.expires_ms = std::max<int64_t>(0, platform_time(data["expireTime"].str()));
  if (to.label.empty()) to.label = name;
  co_return std::nullopt;
}

std::string cookie_in(std::string_view text) {
  constexpr std::string_view kName = "BXAuth=";
  while (!text.empty()) {
    std::string_view pair = base::trim(base::take_until(text, ';'));
    if (pair.starts_with(kName) && pair.size() > kName.size()) return std::string(pair) + ";";
  }
  return {};
}

bool is_fresh(const account::Account& account, int64_t now_ms) {
  const Credential& credential = account.credential;
  if (credential.api_key.empty()) return false;
  bool by_cookie = !extra(credential, kCookie).empty();
  if (!by_cookie && credential.refresh_token.empty()) return true;
  if (credential.expires_ms == 0) return true;
  // Keys of the platform last for days, tokens for two.
  int64_t lead = by_cookie ? 2 * kDay : std::min(kDay, account.token_lifetime_ms / 2);
  if (now_ms < account.renew_after_ms) lead = 0;
  return credential.expires_ms - now_ms > lead;
}

base::Task<Problem> refresh(uint32_t req, account::Account& account) {
  Credential& credential = account.credential;
  bool by_cookie = !extra(credential, kCookie).empty(), dead = false;
  Problem problem;
  if (by_cookie) {
    problem = co_await key_by_cookie(req, credential, &dead);
  } else if (!credential.refresh_token.empty()) {
    std::string grant =
        "grant_type=refresh_token&refresh_token=" + base::url_encode(credential.refresh_token);
    problem = co_await redeem(req, credential, std::move(grant), &dead);
    if (!problem && credential.expires_ms) account.token_lifetime_ms = credential.expires_ms - host::now_ms();
  } else if (credential.access_token.empty()) {
    dead = true;
    problem = login_problem("it has neither a key nor anything to make one of.");
  }
  if (!problem && !by_cookie) problem = co_await derive_key(req, credential, &dead);
  if (!problem) co_return std::nullopt;
  // The key outlives the login that it was made of, until it is refused itself.
  if (!credential.api_key.empty()) {
    if (dead) credential.expires_ms = 0;
    host::log(host::Level::warning, credential.id + ": " + problem->message);
    co_return std::nullopt;
  }
  if (dead) co_return over(account, *problem);
  problem->code = "token_endpoint_unavailable";
  problem->fault = chat::Fault::upstream;
  problem->retry = true;
  co_return problem;
}

void forget_key(account::Account& account) {
  Credential& credential = account.credential;
  bool can_make = !extra(credential, kCookie).empty() || !credential.refresh_token.empty() ||
                  !credential.access_token.empty();
  if (can_make) credential.api_key.clear();
}

bool adopt(Value file, Credential& out) {
  bool own = file["apiKey"].is_string() && file["access_token"].is_string();
  if (!own && !file["type"].equals("iflow")) return false;
  out.api_key = own ? file["apiKey"].str() : file["api_key"].str();
  out.access_token = file["access_token"].str();
  out.refresh_token = file["refresh_token"].str();
  out.label = file["email"].str();
  std::string cookie = cookie_in(file[kCookie].str());
  if (!cookie.empty()) out.extra[kCookie] = std::move(cookie);
  std::string expired = file["expired"].str();
  out.expires_ms = file["expiry_date"].to_int();
  for (int64_t at : {google::timestamp_ms(expired), platform_time(expired)}) {
    if (!out.expires_ms && at > 0) out.expires_ms = at;
  }
  return !out.api_key.empty() || !out.refresh_token.empty() || !out.access_token.empty() || out.extra.size();
}

}  // namespace provider::iflow_service
