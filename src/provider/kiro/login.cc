#include "provider/kiro/login.h"

#include <algorithm>

#include "base/text.h"
#include "host/host.h"
#include "http/head.h"
#include "json/document.h"
#include "json/writer.h"
#include "provider/kiro/identity.h"
#include "provider/kiro/refresh.h"

namespace provider::amazon {

namespace {

using Problem = std::optional<chat::Error>;
using Device = LoginMethod::Kind;

constexpr LoginMethod kMethods[] = {
    {"builder-id", Device::device, "AWS Builder ID", "label"},
    {"identity-center", Device::device, "IAM Identity Center (an organisation)", "start_url,region,label"},
    {"google", Device::device, "Google", "label"},
    {"github", Device::device, "GitHub", "label"},
    {"api-key", Device::key, "API key (ksk_...)", "base_url,label"},
};
constexpr std::string_view kDeviceGrant = "urn:ietf:params:oauth:grant-type:device_code";
// A device's own code at Kiro's door, which is not OIDC's.
constexpr std::string_view kSocialClient = "kiro-cli";

bool is_social(const Login& login) { return login.method == "google" || login.method == "github"; }

base::Task<Answer> post(uint32_t req, std::string url, std::string body) {
  std::string message = "POST " + url + "\ncontent-type: application/json\n\n" + body;
  co_return co_await call(req, std::move(message));
}

// What the endpoint calls the outcome: the body's "error" or "status", or the type in the header.
std::string word_of(const Answer& answer, json::Value root) {
  if (root["error"].is_string()) return root["error"].str();
  if (root["status"].is_string()) return root["status"].str();
  std::string_view type = http::header(answer.headers, "x-amzn-errortype");
  return std::string(type.substr(0, type.find(':')));
}

chat::Error failed(const Answer& answer, std::string_view what) {
  json::Document document;
  bool is_json = document.parse(answer.body) == json::Error::none;
  std::string said = is_json ? document.root()["error_description"].str() : std::string();
  if (said.empty() && is_json) said = document.root()["message"].str();
  return login_failed(answer, what, said);
}

std::string oidc_url(Login& login, std::string_view path) {
  return filled("oidc_url", login.values["region"], {}) + std::string(path);
}

std::string register_body(const Login& login) {
  std::string body;
  json::Writer w(body);
  w.begin_object().key("clientName").string(descriptor().value("client_name"));
  w.key("clientType").raw("\"public\"").key("scopes").begin_array();
  std::string_view scopes = descriptor().value("scopes");
  while (!scopes.empty()) w.string(base::trim(base::take_until(scopes, ',')));
  w.end_array().key("grantTypes").begin_array().string(kDeviceGrant).string("refresh_token").end_array();
  w.key("issuerUrl").string(login.values.at("start_url")).end_object();
  return body;
}

// {"clientId":...,"clientSecret":..., and one or two members more}
std::string client_body(Login& login, std::string_view name, std::string_view value, std::string_view grant) {
  std::string body;
  json::Writer w(body);
  w.begin_object().key("clientId").string(login.values["client_id"]);
  w.key("clientSecret").string(login.values["client_secret"]);
  if (!grant.empty()) w.key("grantType").string(grant);
  w.key(name).string(value).end_object();
  return body;
}

// What the person is to do, in either spelling of the answer; times in `unit_ms`.
void show_device(Login& login, json::Value root, json::Value expires, json::Value interval, int64_t unit_ms) {
  login.values["device_code"] = root["deviceCode"].str();
  login.code = root["userCode"].str();
  login.url = root["verificationUriComplete"].str();
  if (login.url.empty()) login.url = root["verificationUri"].str();
  login.expires_ms = host::now_ms() + expires.to_int(600'000 / unit_ms) * unit_ms;
  login.pause_ms = std::max<int64_t>(1000, interval.to_int(5000 / unit_ms) * unit_ms);
  login.message = "Open the page, check that it shows the code, and allow access.";
}

Problem check_options(Login& login) {
  std::string& region = login.values["region"];
  std::string& start_url = login.values["start_url"];
  if (login.method == "builder-id") {
    region = "us-east-1";
    start_url = descriptor().value("start_url");
    return std::nullopt;
  }
  if (region.empty()) region = descriptor().value("region");
  if (!is_region(region)) return login_problem("'region' must be an AWS region, such as eu-west-1.");
  if (!start_url.starts_with("https://"))
    return login_problem(
        "'start_url' must be the address of your organisation's access portal, such as "
        "https://d-1234567890.awsapps.com/start.");
  return std::nullopt;
}

base::Task<Problem> start_oidc(uint32_t req, Login& login) {
  if (auto problem = check_options(login)) co_return problem;
  Answer answer = co_await post(req, oidc_url(login, "/client/register"), register_body(login));
  json::Document document;
  if (!answer.ok() || document.parse(answer.body) != json::Error::none)
    co_return failed(answer, "Registering with AWS");
  login.values["client_id"] = document.root()["clientId"].str();
  login.values["client_secret"] = document.root()["clientSecret"].str();
  login.values["client_expires"] = document.root()["clientSecretExpiresAt"].raw();

  std::string body = client_body(login, "startUrl", login.values["start_url"], {});
  answer = co_await post(req, oidc_url(login, "/device_authorization"), body);
  if (!answer.ok() || document.parse(answer.body) != json::Error::none)
    co_return failed(answer, "Starting the login at AWS (is the region that of your organisation?)");
  json::Value root = document.root();
  show_device(login, root, root["expiresIn"], root["interval"], 1000);
  co_return std::nullopt;
}

base::Task<Problem> start_social(uint32_t req, Login& login) {
  std::string body;
  json::Writer w(body);
  w.begin_object().key("clientId").string(kSocialClient);
  w.key("loginProvider").string(login.method == "google" ? "Google" : "Github").end_object();
  Answer answer = co_await post(req, filled("device_url", {}, {}) + "/authorization", body);
  json::Document document;
  if (!answer.ok() || document.parse(answer.body) != json::Error::none)
    co_return failed(answer, "Starting the login at Kiro");
  json::Value root = document.root();
  show_device(login, root, root["expiresInMilliseconds"], root["intervalInMilliseconds"], 1);
  co_return std::nullopt;
}

void finish(Login& login) {
  account::Credential& to = login.credential;
  bool social = is_social(login);
  bool builder = login.method == "builder-id";
  to.extra["kind"] = name_of(social ? Kind::social : builder ? Kind::builder_id : Kind::idc);
  if (!social) {
    to.client_id = login.values["client_id"];
    to.client_secret = login.values["client_secret"];
    to.extra["auth_region"] = login.values["region"];
    to.extra["start_url"] = login.values["start_url"];
    to.extra["client_expires"] = login.values["client_expires"];
  }
  to.label = login.values["label"];
  login.done = true;
  login.message = "Logged in. 'check' says whether the account works.";
}

// The person has not decided yet. False: the login has ended, which is then in `problem`.
bool still_waits(const std::string& word, Login& login, Problem& problem) {
  std::string said = base::lower(word);
  auto has = [&](std::string_view part) { return said.find(part) != said.npos; };
  if (has("pending")) return true;
  if (has("slow_down") || has("slowdown")) return login.pause_ms += 5000, true;
  if (has("expired")) problem = login_problem("The code has expired before it was used. Start again.");
  if (has("denied"))
    problem = login_problem("The login was refused on the page. Start again if that was a mistake.");
  return false;
}

base::Task<Answer> ask(uint32_t req, Login& login) {
  std::string code = login.values["device_code"];
  if (!is_social(login)) {
    co_return co_await post(req, oidc_url(login, "/token"),
                            client_body(login, "deviceCode", code, kDeviceGrant));
  }
  std::string body;
  json::Writer w(body);
  w.begin_object().key("clientId").string(kSocialClient).key("deviceCode").string(code).end_object();
  co_return co_await post(req, filled("device_url", {}, {}) + "/poll", body);
}

}  // namespace

std::span<const LoginMethod> login_methods() { return kMethods; }

bool is_device(const Login& login) { return login.method != "api-key"; }

base::Task<Problem> start_device(uint32_t req, Login& login) {
  if (is_social(login)) co_return co_await start_social(req, login);
  co_return co_await start_oidc(req, login);
}

base::Task<Problem> poll_device(uint32_t req, Login& login) {
  Answer answer = co_await ask(req, login);
  json::Document document;
  json::Value root = answer.json(document);
  int64_t lifetime = 0;
  if (answer.ok() && take_tokens(root, host::now_ms(), login.credential, lifetime)) {
    finish(login);
    co_return std::nullopt;
  }
  Problem problem;
  if (still_waits(word_of(answer, root), login, problem)) co_return std::nullopt;
  // The endpoint being out of order does not end a login that is good for minutes.
  if (!problem && answer.status >= 500) co_return std::nullopt;
  co_return problem ? problem : failed(answer, "The login");
}

}  // namespace provider::amazon
