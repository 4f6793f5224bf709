#include "provider/google/login.h"

#include "base/text.h"
#include "host/host.h"
#include "json/document.h"
#include "provider/call.h"

namespace provider::google {

namespace {

using Problem = std::optional<chat::Error>;

constexpr int64_t kPatienceMs = 10 * 60'000;
constexpr std::string_view kLoopback = "loopback";

void add(std::string& query, std::string_view name, std::string_view value) {
  query.append(query.empty() ? "" : "&").append(name).append("=").append(base::url_encode(value));
}

std::string exchange_form(const Login& login, const std::string& code, const Descriptor& descriptor) {
  std::string form;
  add(form, "grant_type", "authorization_code");
  add(form, "code", code);
  add(form, "client_id", descriptor.value("client_id"));
  add(form, "client_secret", descriptor.value("client_secret"));
  add(form, "redirect_uri", login.values.at("redirect"));
  add(form, "code_verifier", login.values.at("verifier"));
  return form;
}

chat::Error refused(const Answer& answer, json::Value root) {
  std::string why =
      root["error_description"].is_string() ? root["error_description"].str() : root["error"].str();
  if (answer.status >= 400 && answer.status < 500) {
    return login_problem("Google did not take the code (" + (why.empty() ? "no reason given" : why) +
                         "). It is good for one try and a few minutes: start again.");
  }
  chat::Error error =
      login_problem("Google's token endpoint could not be asked. Try again with the same code.");
  error.fault = chat::Fault::upstream;
  error.retry = true;
  return error;
}

// Who logged in, for the label. Without the scope for it there is no answer, which is no failure.
base::Task<std::string> email_of(uint32_t req, std::string token, const Descriptor& descriptor) {
  std::string message = "GET " + std::string(descriptor.value("userinfo_url"));
  message += "\nauthorization: Bearer " + token + "\n\n";
  Answer answer = co_await call(req, std::move(message));
  json::Document document;
  if (!answer.ok() || document.parse(answer.body) != json::Error::none) co_return std::string();
  co_return document.root()["email"].str();
}

}  // namespace

std::span<const LoginMethod> login_methods() {
  static constexpr LoginMethod kMethods[] = {
      {"browser", LoginMethod::Kind::paste, "Google, with a page that shows the code",
       "project,label,base_url"},
      {kLoopback, LoginMethod::Kind::paste, "Google, with an address of this machine to paste back",
       "project,label,base_url"},
  };
  return kMethods;
}

Problem start_login(Login& login, const Descriptor& descriptor) {
  bool local = login.method == kLoopback;
  Pkce pkce = make_pkce();
  login.values["verifier"] = pkce.verifier;
  login.values["state"] = base::base64_url(host::random(24));
  login.values["redirect"] = descriptor.value(local ? "redirect_local_url" : "redirect_page_url");
  std::string query;
  add(query, "response_type", "code");
  add(query, "client_id", descriptor.value("client_id"));
  add(query, "redirect_uri", login.values["redirect"]);
  add(query, "scope", descriptor.value("scopes"));
  add(query, "state", login.values["state"]);
  add(query, "code_challenge", pkce.challenge);
  add(query, "code_challenge_method", "S256");
  add(query, "access_type", "offline");
  add(query, "prompt", "consent");  // or a second login gets no refresh token
  login.url = std::string(descriptor.value("authorize_url")) + "?" + query;
  login.message = local ? "Open the page and allow access. The browser then cannot reach an address of this "
                          "machine: copy that address from it and paste it here."
                        : "Open the page, allow access, and paste the code that it shows.";
  login.expires_ms = host::now_ms() + kPatienceMs;
  return std::nullopt;
}

base::Task<Problem> continue_login(uint32_t req, Login& login, std::string input,
                                   const Descriptor& descriptor) {
  Problem problem;
  std::string code = pasted_code(input, login.values["state"], problem);
  if (problem) co_return problem;
  if (login.values["verifier"].empty() || login.values["redirect"].empty()) {
    co_return login_problem("This login was not started. Start again.");
  }
  code = base::url_decode(code);  // copied from an address, the slash in it is still encoded
  std::string message = "POST " + std::string(descriptor.value("token_url"));
  message += "\ncontent-type: application/x-www-form-urlencoded\n\n" + exchange_form(login, code, descriptor);
  Answer answer = co_await call(req, std::move(message));
  json::Document document;
  json::Value root = answer.json(document);
  if (!answer.ok() || !root["access_token"].is_string()) co_return refused(answer, root);
  account::Credential& to = login.credential;
  to.access_token = root["access_token"].str();
  to.refresh_token = root["refresh_token"].str();
  to.expires_ms = host::now_ms() + root["expires_in"].to_int(3600) * 1000;
  if (to.refresh_token.empty()) {
    co_return login_problem("Google gave no refresh token. Start again, and allow offline access.");
  }
  to.project = login.values["project"];
  to.base_url = login.values["base_url"];
  to.label = login.values["label"];
  if (to.label.empty()) to.label = co_await email_of(req, to.access_token, descriptor);
  login.done = true;
  login.message = "Logged in. 'check' says whether the account can be used.";
  co_return std::nullopt;
}

}  // namespace provider::google
