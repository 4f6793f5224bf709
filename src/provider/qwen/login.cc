#include "provider/qwen/login.h"

#include <algorithm>

#include "base/sha256.h"
#include "base/text.h"
#include "host/host.h"
#include "json/document.h"
#include "provider/qwen/token.h"

namespace provider::qwen_service {

namespace {

using Problem = std::optional<chat::Error>;
using json::Value;

constexpr LoginMethod kMethods[] = {
    {"api-key", LoginMethod::Kind::key, "A key of Alibaba Cloud (DashScope, Coding Plan, Token Plan)",
     "plan,base_url,label"},
    {"device", LoginMethod::Kind::device, "Qwen account, with a code to confirm", "label,base_url"},
};
constexpr std::string_view kGrant = "urn:ietf:params:oauth:grant-type:device_code";
constexpr int64_t kLongestPauseMs = 10'000;

base::Task<Answer> post(uint32_t req, std::string path, std::string form) {
  std::string message = "POST " + std::string(descriptor().value("auth_url")) + path;
  message += "\ncontent-type: application/x-www-form-urlencoded\naccept: application/json\nx-request-id: ";
  message += base::uuid_of(host::random(16)) + "\n\n" + form;
  message += "&client_id=" + base::url_encode(descriptor().value("client_id"));
  co_return co_await call(req, std::move(message));
}

chat::Error failed(const Answer& answer, Value root) {
  Value said = root["error_description"].inner().empty() ? root["error"] : root["error_description"];
  return login_failed(answer, "The login at Qwen", said.str());
}

base::Task<Problem> start_device(uint32_t req, Login& login) {
  Pkce pkce = make_pkce();
  login.values["verifier"] = pkce.verifier;
  std::string form = "scope=" + base::url_encode(descriptor().value("scope"));
  form += "&code_challenge=" + pkce.challenge + "&code_challenge_method=S256";
  Answer answer = co_await post(req, "/device/code", std::move(form));
  json::Document document;
  bool is_json = document.parse(answer.body) == json::Error::none;
  Value root = is_json ? document.root() : Value{};
  if (!answer.ok() || !root["device_code"].is_string()) co_return failed(answer, root);
  login.values["device_code"] = root["device_code"].str();
  login.code = root["user_code"].str();
  Value complete = root["verification_uri_complete"];
  login.url = complete.is_string() ? complete.str() : root["verification_uri"].str();
  login.pause_ms = std::max<int64_t>(1, root["interval"].to_int(2)) * 1000;
  login.expires_ms = host::now_ms() + root["expires_in"].to_int(900) * 1000;
  login.message = "Open the page, log in, and confirm the code.";
  co_return std::nullopt;
}

base::Task<Problem> poll_device(uint32_t req, Login& login) {
  std::string form = "grant_type=" + base::url_encode(kGrant);
  form += "&device_code=" + base::url_encode(login.values["device_code"]);
  form += "&code_verifier=" + login.values["verifier"];
  Answer answer = co_await post(req, "/token", std::move(form));
  json::Document document;
  bool is_json = document.parse(answer.body) == json::Error::none;
  Value root = is_json ? document.root() : Value{};
  Value word = root["error"];
  if (word.equals("slow_down")) {
    login.pause_ms = std::min(login.pause_ms * 3 / 2, kLongestPauseMs);
    co_return std::nullopt;
  }
  // A firewall's page or a server out of order says nothing of the login, which goes on until it expires.
  bool waits = word.equals("authorization_pending") || root["status"].equals("pending");
  if (waits || !is_json || answer.status >= 500) co_return std::nullopt;
  if (!answer.ok() || !take_tokens(root, host::now_ms(), login.credential)) co_return failed(answer, root);
  login.credential.label = login.values["label"];
  login.credential.base_url = login.values["base_url"];
  login.done = true;
  login.message =
      "The login is stored. Since April 2026 Qwen serves no model to such logins: keep a key ready.";
  co_return std::nullopt;
}

Problem unknown_plan(const std::string& plan) {
  if (plan.empty() || !plan_url(plan).empty()) return std::nullopt;
  return login_problem(
      "'plan' must be dashscope, dashscope-intl, dashscope-us, dashscope-hk, coding, coding-intl, token or "
      "token-intl.");
}

}  // namespace

std::span<const LoginMethod> login_methods() { return kMethods; }

base::Task<Problem> start_login(uint32_t req, Login& login) {
  if (login.method == "device") co_return co_await start_device(req, login);
  login.message = "Paste a key of Alibaba Cloud's Model Studio (sk-...).";
  co_return unknown_plan(login.values["plan"]);
}

base::Task<Problem> continue_login(uint32_t req, Login& login, std::string input) {
  if (login.method == "device") co_return co_await poll_device(req, login);
  login.credential.api_key = base::trim(input);
  login.credential.label = login.values["label"];
  login.credential.base_url = login.values["base_url"];
  if (!login.values["plan"].empty()) login.credential.extra["plan"] = login.values["plan"];
  login.done = true;
  login.message = "The key is stored. 'check' says whether it works.";
  co_return std::nullopt;
}

}  // namespace provider::qwen_service
