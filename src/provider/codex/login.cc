#include "provider/codex/login.h"

#include <algorithm>

#include "base/text.h"
#include "host/host.h"
#include "json/document.h"
#include "json/writer.h"
#include "provider/codex/token.h"

namespace provider::chatgpt {

namespace {

using Problem = std::optional<chat::Error>;
using json::Value;

constexpr LoginMethod kMethods[] = {
    {"browser", LoginMethod::Kind::paste, "ChatGPT, in the browser", "label,base_url"},
    {"device", LoginMethod::Kind::device, "ChatGPT, with a code to type", "label,base_url"},
    {"api-key", LoginMethod::Kind::key, "OpenAI API key", "label,base_url"},
};
constexpr int64_t kLifeMs = 15 * 60'000;

std::string issuer(std::string_view path) {
  return std::string(descriptor().value("issuer_url")) + std::string(path);
}

void start_browser(Login& login) {
  Pkce pkce = make_pkce();
  std::string state = base::base64_url(host::random(32));
  login.values["verifier"] = pkce.verifier;
  login.values["state"] = state;
  login.url = issuer("/oauth/authorize?response_type=code&client_id=");
  login.url += base::url_encode(descriptor().value("client_id"));
  login.url += "&redirect_uri=" + base::url_encode(descriptor().value("redirect_uri"));
  login.url += "&scope=" + base::url_encode(descriptor().value("scope"));
  login.url += "&code_challenge=" + pkce.challenge + "&code_challenge_method=S256";
  login.url += "&id_token_add_organizations=true&codex_cli_simplified_flow=true&state=" + state;
  login.url += "&originator=" + base::url_encode(descriptor().value("originator"));
  login.expires_ms = host::now_ms() + kLifeMs;
  login.message =
      "Open the page and log in. The page you land on cannot be reached, which is right: paste its address "
      "here.";
}

base::Task<Answer> post_json(uint32_t req, std::string url, std::string body) {
  std::string message = "POST " + url + "\ncontent-type: application/json\n\n" + body;
  co_return co_await call(req, std::move(message));
}

chat::Error failed(const Answer& answer, std::string_view what) {
  json::Document document;
  bool is_json = document.parse(answer.body) == json::Error::none;
  return login_failed(answer, what, is_json ? word_of(document.root()) : std::string());
}

base::Task<Problem> start_device(uint32_t req, Login& login) {
  std::string body;
  json::Writer(body).begin_object().key("client_id").string(descriptor().value("client_id")).end_object();
  Answer answer = co_await post_json(req, issuer("/api/accounts/deviceauth/usercode"), body);
  if (answer.status == 404) {
    co_return login_problem("This account may not log in with a code: use the method 'browser'.");
  }
  json::Document document;
  if (!answer.ok() || document.parse(answer.body) != json::Error::none)
    co_return failed(answer, "Starting the login");
  Value root = document.root(), interval = root["interval"];
  login.values["device_auth_id"] = root["device_auth_id"].str();
  login.code = root["user_code"].is_string() ? root["user_code"].str() : root["usercode"].str();
  login.url = issuer("/codex/device");
  // The interval is a string today.
  int64_t seconds = interval.is_string() ? base::to_int(interval.str()).value_or(5) : interval.to_int(5);
  login.pause_ms = std::max<int64_t>(1000, seconds * 1000);
  login.expires_ms = host::now_ms() + kLifeMs;
  login.message = "Open the page, log in, and type the code.";
  co_return std::nullopt;
}

base::Task<Problem> redeem(uint32_t req, Login& login, std::string code, std::string verifier,
                           std::string redirect) {
  std::string form = "grant_type=authorization_code&client_id=";
  form += base::url_encode(descriptor().value("client_id")) + "&code=" + base::url_encode(code);
  form += "&redirect_uri=" + base::url_encode(redirect) + "&code_verifier=" + base::url_encode(verifier);
  std::string message = "POST " + issuer("/oauth/token");
  message += "\ncontent-type: application/x-www-form-urlencoded\n\n" + form;
  Answer answer = co_await call(req, std::move(message));
  json::Document document;
  bool is_json = document.parse(answer.body) == json::Error::none;
  if (!answer.ok() || !is_json || !document.root()["access_token"].is_string())
    co_return failed(answer, "Redeeming the code");
  login.credential.label = login.values["label"];
  login.credential.base_url = login.values["base_url"];
  take_tokens(document.root(), login.credential);
  login.done = true;
  login.message = "The login is stored. 'check' says whether it works.";
  co_return std::nullopt;
}

base::Task<Problem> poll_device(uint32_t req, Login& login) {
  std::string body;
  json::Writer w(body);
  w.begin_object().key("device_auth_id").string(login.values["device_auth_id"]);
  w.key("user_code").string(login.code).end_object();
  Answer answer = co_await post_json(req, issuer("/api/accounts/deviceauth/token"), body);
  if (answer.status == 403 || answer.status == 404) co_return std::nullopt;  // not yet
  json::Document document;
  if (!answer.ok() || document.parse(answer.body) != json::Error::none) co_return failed(answer, "The login");
  Value root = document.root();
  std::string code = root["authorization_code"].str(), verifier = root["code_verifier"].str();
  co_return co_await redeem(req, login, std::move(code), std::move(verifier), issuer("/deviceauth/callback"));
}

}  // namespace

std::span<const LoginMethod> login_methods() { return kMethods; }

base::Task<Problem> start_login(uint32_t req, Login& login) {
  if (login.method == "device") co_return co_await start_device(req, login);
  if (login.method == "browser") start_browser(login);
  if (login.method == "api-key") login.message = "Paste an API key of OpenAI's platform.";
  co_return std::nullopt;
}

base::Task<Problem> continue_login(uint32_t req, Login& login, std::string input) {
  if (login.method == "device") co_return co_await poll_device(req, login);
  if (login.method == "browser") {
    Problem problem;
    std::string code = pasted_code(input, login.values["state"], problem);
    if (problem) co_return problem;
    co_return co_await redeem(req, login, std::move(code), login.values["verifier"],
                              std::string(descriptor().value("redirect_uri")));
  }
  login.credential.api_key = base::trim(input);
  login.credential.label = login.values["label"];
  login.credential.base_url = login.values["base_url"];
  login.done = true;
  login.message = "The key is stored. 'check' says whether it works.";
  co_return std::nullopt;
}

}  // namespace provider::chatgpt
