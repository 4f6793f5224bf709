#include "gateway/admin_accounts.h"

#include "account/board.h"
#include "account/pool.h"
#include "account/vault.h"
#include "base/text.h"
#include "gateway/catalog.h"
#include "gateway/respond.h"
#include "host/host.h"
#include "json/writer.h"
#include "provider/import.h"
#include "provider/provider.h"

namespace gateway {

namespace {

using Problem = std::optional<chat::Error>;

// To store settings while a token is renewed, be it by one that is gone and still has the lease.
constexpr int kTries = 20;
constexpr uint32_t kPauseMs = 1000;

chat::Error invalid(std::string message, std::string_view param = {}) {
  chat::Error error;
  error.fault = chat::Fault::invalid_request;
  error.message = std::move(message);
  error.param = param;
  return error;
}

Problem list(Exchange& exchange) {
  std::string body;
  json::Writer w(body);
  w.begin_object().key("object").raw("\"list\"").key("data").begin_array();
  for (const account::AccountPtr& account : account::pool().all()) append_account(*account, w);
  w.end_array().end_object();
  answer_json(exchange, body);
  return std::nullopt;
}

base::Task<Problem> add(Exchange& exchange) {
  auto account = std::make_shared<account::Account>();
  std::string problem;
  if (!provider::import(exchange.request.body, account->credential, problem)) co_return invalid(problem);
  if (auto wrong = complete_credential(account->credential)) co_return wrong;
  if (auto failed = co_await account::add(exchange.id, account)) co_return failed;
  account::pool().forget(account->credential.id);
  std::string body;
  json::Writer w(body);
  append_account(*account, w);
  answer(exchange, 201, "application/json", body);
  co_return std::nullopt;
}

base::Task<Problem> remove(Exchange& exchange, std::string id) {
  account::AccountPtr account = find_account(id);
  // One that cannot be read is in no list, and can be removed all the same.
  if (!account && co_await account::lacks_record(exchange.id, id)) co_return account::no_such_account(id);
  if (account && account->from_environment) {
    co_return invalid("The account '" + id + "' comes from a variable: remove it there.");
  }
  if (auto failed = co_await account::remove(exchange.id, id)) co_return failed;
  account::pool().expire();
  answer_json(exchange, R"({"deleted":true})");
  co_return std::nullopt;
}

void take_settings(const account::Credential& from, account::Credential& to) {
  to.label = from.label;
  to.models = from.models;
  to.preferences = from.preferences;
}

bool same_settings(const account::Credential& a, const account::Credential& b) {
  return a.label == b.label && a.models == b.models && a.preferences == b.preferences;
}

// Failing that, the settings are what they were, and nothing else is: a token may have been refreshed
// meanwhile.
base::Task<Problem> store_settings(uint32_t req, account::AccountPtr account, account::Credential changed) {
  account::Credential before = account->credential;
  take_settings(changed, account->credential);
  Problem failed = co_await account::store(req, account);
  if (failed && same_settings(changed, account->credential)) take_settings(before, account->credential);
  co_return failed;
}

// Changes how the account is used. Its secrets stay as they are.
base::Task<Problem> set(Exchange& exchange, std::string id) {
  account::AccountPtr account = find_account(id);
  if (!account) co_return account::no_such_account(id);
  if (account->from_environment) {
    co_return invalid("The account '" + id + "' comes from a variable: change it there.");
  }
  json::Document document;
  bool object = document.parse(exchange.request.body) == json::Error::none && document.root().is_object();
  if (!object) co_return invalid("Send a JSON object of settings, {\"weight\": 2}.");
  account::Credential changed = account->credential;
  if (auto wrong = account::read_preferences(document.root(), true, changed)) co_return invalid(*wrong);
  Problem failed = co_await store_settings(exchange.id, account, changed);
  for (int tries = 1; tries < kTries && failed && failed->code == account::kBusy; tries++) {
    co_await host::sleep(exchange.id, kPauseMs);
    failed = co_await store_settings(exchange.id, account, changed);
  }
  if (failed) co_return failed;
  std::string body;
  json::Writer w(body);
  append_account(*account, w);
  answer_json(exchange, body);
  co_return std::nullopt;
}

// Whose account it is, where the login itself did not say. Not to know is no failure.
base::Task<> name_owner(Exchange& exchange, const provider::Provider& provider, account::AccountPtr account) {
  if (!account->credential.label.empty() || account->from_environment) co_return;
  std::vector<provider::Quota> quotas;
  co_await provider.quota(exchange.id, *account, quotas);
  if (!account->credential.label.empty()) co_await account::store(exchange.id, account);
}

// Does what a request would do first, and asks for the models: proof that the credential works.
base::Task<Problem> check(Exchange& exchange, std::string id) {
  account::AccountPtr account = find_account(id);
  if (!account) co_return account::no_such_account(id);
  const provider::Provider* provider = provider::find(account->credential.provider);
  if (!provider) co_return invalid("The account's provider is not known to this version.");
  account::forget_troubles(*account);  // a check is a person saying "try again"
  std::vector<provider::Model> models;
  Problem problem = co_await provider->prepare(exchange.id, account);
  if (!problem) problem = co_await provider->discover(exchange.id, *account, models);
  if (!problem) co_await name_owner(exchange, *provider, account);
  if (problem) account::redact(account->credential, problem->message);
  co_await account::board().tell(exchange.id);
  std::string body;
  json::Writer w(body);
  w.begin_object().key("ok").boolean(!problem).key("message");
  w.string(problem ? problem->message : "The account works.").key("account");
  append_account(*account, w);
  w.key("models").begin_array();
  for (const provider::Model& model : models) w.string(model.id);
  w.end_array().end_object();
  answer_json(exchange, body);
  co_return std::nullopt;
}

// What is left of the account's allowance.
base::Task<Problem> quota(Exchange& exchange, std::string id) {
  account::AccountPtr account = find_account(id);
  if (!account) co_return account::no_such_account(id);
  const provider::Provider* provider = provider::find(account->credential.provider);
  if (!provider) co_return invalid("The account's provider is not known to this version.");
  std::vector<provider::Quota> quotas;
  Problem problem = co_await provider->prepare(exchange.id, account);
  if (!problem) problem = co_await provider->quota(exchange.id, *account, quotas);
  if (problem) account::redact(account->credential, problem->message);
  if (problem) co_return problem;
  std::string body;
  json::Writer w(body);
  w.begin_object().key("object").raw("\"list\"").key("data").begin_array();
  for (const provider::Quota& each : quotas) {
    w.begin_object().key("name").string(each.name).key("unit").string(each.unit);
    w.key("used").number(each.used).key("limit").number(each.limit);
    w.key("resets_ms").number(each.resets_ms).end_object();
  }
  w.end_array().end_object();
  answer_json(exchange, body);
  co_return std::nullopt;
}

}  // namespace

account::AccountPtr find_account(std::string_view id) {
  for (const account::AccountPtr& account : account::pool().all()) {
    if (account->credential.id == id) return account;
  }
  return nullptr;
}

void append_account(const account::Account& account, json::Writer& w) {
  const account::Credential& credential = account.credential;
  w.begin_object().key("id").string(credential.id).key("provider").string(credential.provider);
  w.key("label").string(credential.label).key("base_url").string(credential.base_url);
  w.key("wire").string(credential.wire);
  w.key("project").string(credential.project);
  w.key("project_found").boolean(account::has_found_project(credential));
  w.key("state").string(account::name_of(account.state));
  w.key("reason").string(account.reason).key("expires_ms").number(credential.expires_ms);
  w.key("has_refresh_token").boolean(!credential.refresh_token.empty());
  w.key("source").string(account.from_environment ? "ACCOUNTS" : "stored");
  account::append_preferences(credential, w);
  w.end_object();
}

std::optional<chat::Error> check_account_id(std::string_view provider, std::string_view id) {
  if (account::AccountPtr old = find_account(id)) {
    std::string whose = "The account '" + old->credential.id + "' ";
    if (old->credential.provider != provider)
      return invalid(whose + "is one of " + old->credential.provider + ". Choose another id.", "id");
    if (old->from_environment) return invalid(whose + "comes from a variable: renew it there.", "id");
  }
  for (char c : id) {
    bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    if (!fits) return invalid("'id' may hold lower-case letters, digits and '-' only.", "id");
  }
  return std::nullopt;
}

std::optional<chat::Error> check_credential(account::Credential& credential) {
  const provider::Provider* provider = provider::find(credential.provider);
  if (!provider) {
    std::string known;
    for (const provider::Provider* each : provider::all()) known.append(" ").append(each->id());
    return invalid("Unknown provider '" + credential.provider + "'. Known:" + known + ".", "provider");
  }
  credential.provider = provider->id();
  const std::string& url = credential.base_url;
  if (!url.empty() && !url.starts_with("https://") && !url.starts_with("http://")) {
    return invalid("'base_url' must begin with https:// or http://.", "base_url");
  }
  return provider->check(credential);
}

std::optional<chat::Error> complete_credential(account::Credential& credential) {
  if (auto wrong = check_credential(credential)) return wrong;
  if (auto wrong = check_account_id(credential.provider, credential.id)) return wrong;
  // What its own reader refuses would be lost once stored.
  account::Credential read;
  std::string problem;
  if (!account::from_json(account::to_json(credential), read, problem)) return invalid(problem);
  if (credential.id.empty()) credential.id = credential.provider + "-" + base::hex(host::random(4));
  return std::nullopt;
}

base::Task<Problem> serve_accounts(Exchange& exchange, AdminCall call) {
  if (auto problem = co_await load_catalog(exchange.id)) co_return problem;
  if (call.rest.empty() && call.method == "POST") co_return co_await add(exchange);
  if (call.rest.empty() && call.method == "GET") co_return list(exchange);
  std::string_view action = call.rest;
  std::string id(base::take_until(action, '/'));
  if (call.method == "DELETE" && !id.empty() && action.empty()) co_return co_await remove(exchange, id);
  if (call.method == "PATCH" && !id.empty() && action.empty()) co_return co_await set(exchange, id);
  if (call.method == "GET" && action == "quota") co_return co_await quota(exchange, id);
  if (call.method == "POST" && action == "check") co_return co_await check(exchange, id);
  co_return wrong_admin_call(call);
}

}  // namespace gateway
