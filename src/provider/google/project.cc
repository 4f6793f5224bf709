#include "provider/google/project.h"

#include "base/text.h"
#include "host/host.h"
#include "json/document.h"
#include "json/writer.h"
#include "provider/call.h"
#include "provider/google/errors.h"
#include "provider/google/oauth.h"
#include "provider/token.h"

namespace provider::google {

namespace {

constexpr std::string_view kFreeTier = "free-tier", kLegacyTier = "legacy-tier";
constexpr int kPolls = 12;
constexpr uint32_t kPollMs = 5000;

using Problem = std::optional<chat::Error>;

std::string message(const account::Account& account, const Door& door, std::string_view method,
                    std::string_view url, std::string_view body) {
  std::string to(method);
  to.append(" ").append(url);
  to.append("\ncontent-type: application/json\nauthorization: Bearer ")
      .append(account.credential.access_token);
  to.append("\nuser-agent: ").append(door.user_agent).append("\n\n").append(body);
  return to;
}

void write_metadata(json::Writer& w, const Door& door, std::string_view project) {
  w.key("metadata").begin_object().key("ideType").string(door.ide_type);
  w.key("platform").raw("\"PLATFORM_UNSPECIFIED\"").key("pluginType").raw("\"GEMINI\"");
  if (!project.empty()) w.key("duetProject").string(project);
  w.end_object();
}

std::string load_body(const Door& door, std::string_view project) {
  std::string body;
  json::Writer w(body);
  w.begin_object();
  if (!project.empty()) w.key("cloudaicompanionProject").string(project);
  write_metadata(w, door, project);
  w.end_object();
  return body;
}

// The free tier must not name a project; every other tier must.
std::string onboard_body(const Door& door, std::string_view tier, std::string_view project) {
  std::string body;
  json::Writer w(body);
  w.begin_object().key("tierId").string(tier);
  if (tier == kFreeTier) project = {};
  if (!project.empty()) w.key("cloudaicompanionProject").string(project);
  write_metadata(w, door, project);
  w.end_object();
  return body;
}

// A project is a string, or for some clients an object with an id.
std::string project_of(json::Value value) { return value.is_string() ? value.str() : value["id"].str(); }

chat::Error stopped(account::Account& account, const Door& door, std::string_view code,
                    std::string_view why) {
  chat::Error error;
  error.fault = chat::Fault::no_account;
  error.code = code;
  error.message = "Account " + account.credential.id + " cannot use " + door.service + ": ";
  error.message += why;
  account::stop(account, account::State::needs_login, error.message);
  return error;
}

chat::Error project_required(account::Account& account, const Door& door) {
  return stopped(account, door, "project_required",
                 "its licence needs a Google Cloud project: log in again with --project ID.");
}

// Google wants to see the person first, and gives the link.
std::optional<chat::Error> must_verify(json::Value root, account::Account& account, const Door& door) {
  for (auto [_, tier] : root["ineligibleTiers"].items()) {
    if (!tier["reasonCode"].equals("VALIDATION_REQUIRED") || !tier["validationUrl"].is_string()) continue;
    return stopped(account, door, "validation_required",
                   tier["reasonMessage"].str() + " Verify it at " + tier["validationUrl"].str());
  }
  return std::nullopt;
}

// Why Google offers no tier, in its own words.
std::optional<chat::Error> ineligible(json::Value root, account::Account& account, const Door& door) {
  for (auto [_, tier] : root["ineligibleTiers"].items()) {
    std::string why = tier["reasonMessage"].str();
    return stopped(account, door, "ineligible", why.empty() ? tier["reasonCode"].str() : why);
  }
  return std::nullopt;
}

// Restricted networks (VPC-SC) refuse the question itself; Google's CLI then takes the standard tier for
// granted.
bool is_restricted_network(const Answer& answer) {
  return google::read_status(answer.body).reason == "SECURITY_POLICY_VIOLATED";
}

chat::Error failed(const Answer& answer, account::Account& account) {
  Verdict verdict = google::judge(answer.status, answer.headers, answer.body, host::now_ms(), false);
  if (verdict.action == Verdict::Action::needs_login)
    account::stop(account, account::State::needs_login, verdict.error.message);
  if (verdict.action == Verdict::Action::quarantine)
    account::stop(account, account::State::quarantined, verdict.error.message);
  verdict.error.message = "Finding the account's project failed: " + verdict.error.message;
  return verdict.error;
}

// Waits for the long-running operation that makes the project. `out`: its id, which may be empty.
base::Task<Problem> onboard(uint32_t req, account::Account& account, Door door, std::string tier,
                            std::string& out) {
  std::string body = onboard_body(door, tier, account.credential.project);
  std::string post = message(account, door, "POST", door.onboard_url + ":onboardUser", body);
  Answer answer = co_await call(req, post);
  for (int poll = 0;; poll++) {
    if (!answer.ok()) co_return failed(answer, account);
    json::Document document;
    if (document.parse(answer.body) != json::Error::none) co_return failed(answer, account);
    json::Value root = document.root();
    if (root["error"].is_object()) co_return failed(answer, account);
    if (root["done"].is_true()) {
      out = project_of(root["response"]["cloudaicompanionProject"]);
      co_return std::nullopt;
    }
    if (poll == kPolls) break;
    std::string name = root["name"].str();
    co_await host::sleep(req, kPollMs);
    answer = co_await call(
        req, name.empty() ? post : message(account, door, "GET", door.onboard_url + "/" + name, {}));
  }
  chat::Error error;
  error.fault = chat::Fault::timeout;
  error.code = "onboarding_pending";
  error.message = "Google is still setting the account up. Try again in a minute.";
  error.retry = true;
  co_return error;
}

struct Tier {
  std::string id;
  bool needs_project;
};
Tier default_tier(json::Value root, const Door& door) {
  for (auto [_, tier] : root["allowedTiers"].items()) {
    if (!tier["isDefault"].is_true()) continue;
    std::string id = tier["id"].str();
    return {id, id == kLegacyTier || tier["userDefinedCloudaicompanionProject"].is_true()};
  }
  std::string id = root["currentTier"]["id"].str();
  if (id.empty()) id = door.default_tier;
  return {id, id == kLegacyTier};
}

bool is_number(std::string_view project) {
  return !project.empty() && project.find_first_not_of("0123456789") == project.npos;
}

}  // namespace

bool has_project(const account::Account& account) {
  const std::string& project = account.credential.project;
  return !project.empty() && !is_number(project);
}
bool is_ready(const account::Account& account, int64_t now_ms) {
  return token_is_fresh(account, now_ms) && has_project(account);
}

base::Task<Answer> load(uint32_t req, const account::Account& account, const Door& door) {
  std::string body = load_body(door, account.credential.project);
  return call(req, message(account, door, "POST", door.load_url + ":loadCodeAssist", body));
}

base::Task<Problem> find_project(uint32_t req, account::Account& account, Door door) {
  std::string& project = account.credential.project;
  if (is_number(project)) {
    co_return stopped(account, door, "project_invalid",
                      "'project' is a project number. Set the project's id instead.");
  }
  Answer answer = co_await load(req, account, door);
  if (!answer.ok() && is_restricted_network(answer)) {
    if (project.empty()) co_return project_required(account, door);
    co_return std::nullopt;
  }
  json::Document document;
  if (!answer.ok() || document.parse(answer.body) != json::Error::none) co_return failed(answer, account);
  json::Value root = document.root();

  if (root["currentTier"].is_object()) {
    std::string found = project_of(root["cloudaicompanionProject"]);
    if (!found.empty()) account::set_found_project(account.credential, std::move(found));
    if (!project.empty()) co_return std::nullopt;
    if (auto problem = ineligible(root, account, door)) co_return problem;
    if (!door.onboards_all) co_return project_required(account, door);
  }
  if (auto problem = must_verify(root, account, door)) co_return problem;
  Tier tier = default_tier(root, door);
  bool cannot_onboard = tier.needs_project && project.empty();
  if (cannot_onboard || !root["allowedTiers"].size()) {
    if (auto problem = ineligible(root, account, door)) co_return problem;
  }
  if (cannot_onboard) co_return project_required(account, door);
  std::string made;
  if (auto problem = co_await onboard(req, account, door, tier.id, made)) co_return problem;
  if (!made.empty()) account::set_found_project(account.credential, std::move(made));
  if (project.empty()) co_return project_required(account, door);
  co_return std::nullopt;
}

void forget_project(account::Account& account) {
  if (account::has_found_project(account.credential)) account.credential.project.clear();
}

base::Task<Problem> renew(uint32_t req, account::Account& account, const Descriptor& descriptor, Door door) {
  if (!token_is_fresh(account, host::now_ms())) {
    if (auto problem = co_await refresh_token(req, account, descriptor)) co_return problem;
  }
  if (has_project(account)) co_return std::nullopt;
  co_return co_await find_project(req, account, std::move(door));
}

}  // namespace provider::google
