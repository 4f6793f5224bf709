#include "provider/copilot/login.h"

#include <algorithm>

#include "base/text.h"
#include "config/settings.h"
#include "host/host.h"
#include "json/document.h"
#include "provider/copilot/token.h"

namespace provider::github {

namespace {

using Problem = std::optional<chat::Error>;
using json::Value;

constexpr LoginMethod kMethods[] = {
    {"device", LoginMethod::Kind::device, "GitHub, with a code to type", "domain,label"},
    {"token", LoginMethod::Kind::key, "A GitHub token (ghu_, gho_ or github_pat_)", "domain,label"},
};
constexpr std::string_view kGrant = "urn:ietf:params:oauth:grant-type:device_code";
constexpr std::string_view kVariable = "COPILOT_GITHUB_TOKEN";

bool is_domain(std::string_view domain) {
  return std::all_of(domain.begin(), domain.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

std::string login_url(Login& login, std::string_view path) {
  const std::string& domain = login.values["domain"];
  std::string host = domain.empty() ? std::string(descriptor().value("github_url")) : "https://" + domain;
  return host + std::string(path);
}

base::Task<Answer> post(uint32_t req, std::string url, std::string form) {
  std::string message = "POST " + url + "\ncontent-type: application/x-www-form-urlencoded\n";
  message.append("accept: application/json\nuser-agent: ").append(descriptor().value("user_agent"));
  message += "\n\n" + form;
  co_return co_await call(req, std::move(message));
}

void finish(Login& login, std::string token) {
  login.credential.refresh_token = std::move(token);
  login.credential.label = login.values["label"];
  if (!login.values["domain"].empty()) login.credential.extra["domain"] = login.values["domain"];
  login.done = true;
  login.message = "The GitHub login is stored. 'check' says whether it has Copilot.";
}

chat::Error failed(const Answer& answer, Value root) {
  std::string said =
      root["error_description"].is_string() ? root["error_description"].str() : root["error"].str();
  return login_failed(answer, "The login at GitHub", said);
}

}  // namespace

std::span<const LoginMethod> login_methods() { return kMethods; }

base::Task<Problem> start_login(uint32_t req, Login& login) {
  if (!is_domain(login.values["domain"]))
    co_return login_problem("'domain' must be a host name, such as octocorp.ghe.com.");
  if (login.method == "token") {
    login.message = "Paste a GitHub token of an account that has Copilot.";
    co_return std::nullopt;
  }
  std::string form = "client_id=" + base::url_encode(descriptor().value("client_id")) +
                     "&scope=" + base::url_encode(descriptor().value("scope"));
  Answer answer = co_await post(req, login_url(login, "/login/device/code"), form);
  json::Document document;
  Value root = answer.json(document);
  if (!answer.ok() || !root["device_code"].is_string()) co_return failed(answer, root);
  login.values["device_code"] = root["device_code"].str();
  login.code = root["user_code"].str();
  login.url = root["verification_uri"].str();
  login.pause_ms = std::max<int64_t>(1000, root["interval"].to_int(5) * 1000);
  login.expires_ms = host::now_ms() + root["expires_in"].to_int(900) * 1000;
  login.message = "Open the page, type the code, and allow access.";
  co_return std::nullopt;
}

base::Task<Problem> continue_login(uint32_t req, Login& login, std::string input) {
  if (login.method == "token") {
    std::string token(base::trim(input));
    if (token.empty()) co_return login_problem("Paste the GitHub token.");
    finish(login, token);
    co_return std::nullopt;
  }
  std::string form = "client_id=" + base::url_encode(descriptor().value("client_id")) +
                     "&device_code=" + base::url_encode(login.values["device_code"]) +
                     "&grant_type=" + base::url_encode(kGrant);
  Answer answer = co_await post(req, login_url(login, "/login/oauth/access_token"), form);
  json::Document document;
  Value root = answer.json(document);
  // GitHub says "not yet" with status 200.
  Value word = root["error"];
  if (word.equals("authorization_pending")) co_return std::nullopt;
  if (word.equals("slow_down")) {
    login.pause_ms = std::max(login.pause_ms + 5000, root["interval"].to_int() * 1000);
    co_return std::nullopt;
  }
  if (!answer.ok() || !root["access_token"].is_string()) co_return failed(answer, root);
  finish(login, root["access_token"].str());
  co_return std::nullopt;
}

bool adopt(Value file, account::Credential& out) {
  Value named = file["github_token"];
  if (file["type"].equals("github-copilot")) named = file["access_token"];
  if (named.is_string()) {
    out.refresh_token = named.str();
    out.label = file["email"].is_string() ? file["email"].str() : file["username"].str();
    if (Value domain = file["enterprise_domain"]; domain.is_string()) out.extra["domain"] = domain.str();
    return !out.refresh_token.empty();
  }
  // hosts.json and apps.json of the editors: {"github.com:Iv1.x": {"user", "oauth_token"}}.
  for (auto [host, entry] : file.items()) {
    if (!entry["oauth_token"].is_string()) continue;
    std::string key = host.str(), domain = key.substr(0, key.find(':'));
    out.refresh_token = entry["oauth_token"].str();
    out.label = entry["user"].str();
    if (domain != "github.com") out.extra["domain"] = domain;
    return true;
  }
  return false;
}

bool configured(account::Credential& out) {
  auto found = config::settings().others.find(std::string(kVariable));
  if (found == config::settings().others.end() || found->second.empty()) return false;
  out.id = "github-copilot-env";
  out.refresh_token = found->second;
  return true;
}

}  // namespace provider::github
