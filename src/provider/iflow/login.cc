#include "provider/iflow/login.h"

#include "base/text.h"
#include "host/host.h"
#include "provider/iflow/token.h"

namespace provider::iflow_service {

namespace {

using Problem = std::optional<chat::Error>;

constexpr LoginMethod kMethods[] = {
    {"browser", LoginMethod::Kind::paste, "iFlow, in the browser", "label,base_url"},
    {"cookie", LoginMethod::Kind::key, "The cookie of platform.iflow.cn", "label,base_url"},
    {"api-key", LoginMethod::Kind::key, "iFlow API key", "label,base_url"},
};
constexpr int64_t kLifeMs = 15 * 60'000;

void start_browser(Login& login) {
  std::string state = base::base64_url(host::random(16));
  login.values["state"] = state;
  login.url = std::string(descriptor().value("site_url")) + "/oauth?loginMethod=phone&type=phone&redirect=";
  login.url += base::url_encode(descriptor().value("redirect_uri")) + "&state=" + state;
  login.url += "&client_id=" + base::url_encode(descriptor().value("client_id"));
  login.expires_ms = host::now_ms() + kLifeMs;
  login.message =
      "Open the page and log in. The page you land on cannot be reached, which is right: paste its address "
      "here.";
}

base::Task<Problem> finish_browser(uint32_t req, Login& login, std::string input) {
  Problem problem;
  std::string code = pasted_code(input, login.values["state"], problem);
  if (problem) co_return problem;
  std::string grant = "grant_type=authorization_code&code=" + base::url_encode(code);
  grant += "&redirect_uri=" + base::url_encode(descriptor().value("redirect_uri"));
  bool dead = false;
  problem = co_await redeem(req, login.credential, std::move(grant), &dead);
  if (!problem) problem = co_await derive_key(req, login.credential, &dead);
  co_return problem;
}

base::Task<Problem> finish_cookie(uint32_t req, Login& login, std::string input) {
  std::string cookie = cookie_in(input);
  if (cookie.empty())
    co_return login_problem("Paste the cookies of platform.iflow.cn: the one named BXAuth is needed.");
  login.credential.extra["cookie"] = std::move(cookie);
  bool dead = false;
  co_return co_await key_by_cookie(req, login.credential, &dead);
}

}  // namespace

std::span<const LoginMethod> login_methods() { return kMethods; }

Problem start_login(Login& login) {
  if (login.method == "browser") start_browser(login);
  if (login.method == "cookie") login.message = "Paste what your browser sends platform.iflow.cn as cookies.";
  if (login.method == "api-key") login.message = "Paste a key of iFlow's platform (sk-...).";
  return std::nullopt;
}

base::Task<Problem> continue_login(uint32_t req, Login& login, std::string input) {
  login.credential.label = login.values["label"];
  login.credential.base_url = login.values["base_url"];
  Problem problem;
  if (login.method == "browser")
    problem = co_await finish_browser(req, login, std::move(input));
  else if (login.method == "cookie")
    problem = co_await finish_cookie(req, login, std::move(input));
  else
    login.credential.api_key = base::trim(input);
  if (problem) co_return problem;
  login.done = true;
  login.message = "It is stored. iFlow ended its service on 2026-04-17: see docs/providers/iflow.md.";
  co_return std::nullopt;
}

}  // namespace provider::iflow_service
