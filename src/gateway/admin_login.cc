#include "gateway/admin_login.h"

#include "account/pool.h"
#include "account/vault.h"
#include "base/text.h"
#include "gateway/admin_accounts.h"
#include "gateway/catalog.h"
#include "gateway/respond.h"
#include "host/host.h"
#include "json/document.h"
#include "json/writer.h"
#include "provider/provider.h"

namespace gateway {

namespace {

using Problem = std::optional<chat::Error>;
using provider::Login;
using provider::LoginMethod;

// What is sealed begins with this, so that nothing else that we seal passes for a login.
constexpr std::string_view kPurpose = "login ";

chat::Error unknown_provider(std::string_view id) {
  chat::Error error;
  error.fault = chat::Fault::not_found;
  error.code = "unknown_provider";
  error.message = "There is no provider '" + std::string(id) + "'.";
  return error;
}

chat::Error no_seal() {
  chat::Error error;
  error.fault = chat::Fault::overloaded;
  error.code = "seal_unavailable";
  error.message = "The login could not be sealed: is SEAL_KEY set? Nothing was sent anywhere.";
  return error;
}

// The method that `body` names, or the first.
const LoginMethod* method_of(const provider::Provider& provider, std::string_view named) {
  for (const LoginMethod& method : provider.login_methods()) {
    if (named.empty() || method.id == named) return &method;
  }
  return nullptr;
}

// The members of `provider`'s object, its ways in under `list`.
void append_methods(const provider::Provider& provider, std::string_view list, json::Writer& w) {
  w.key("provider").string(provider.id()).key("title").string(provider.title());
  w.key("status").string(provider.status()).key("aliases").begin_array();
  for (std::string_view alias : provider.aliases()) w.string(alias);
  w.end_array().key(list).begin_array();
  for (const LoginMethod& method : provider.login_methods()) {
    w.begin_object().key("method").string(method.id).key("kind").string(name_of(method.kind));
    w.key("title").string(method.title).key("options").string(method.options).end_object();
  }
  w.end_array();
}

Problem list_methods(Exchange& exchange, const provider::Provider& provider) {
  std::string body;
  json::Writer w(body);
  w.begin_object().key("object").raw("\"list\"");
  append_methods(provider, "data", w);
  w.end_object();
  answer_json(exchange, body);
  return std::nullopt;
}

Problem list_providers(Exchange& exchange) {
  std::string body;
  json::Writer w(body);
  w.begin_object().key("object").raw("\"list\"").key("data").begin_array();
  for (const provider::Provider* provider : provider::all()) {
    w.begin_object();
    append_methods(*provider, "methods", w);
    w.end_object();
  }
  w.end_array().end_object();
  answer_json(exchange, body);
  return std::nullopt;
}

// The login as the person sees it, with its sealed self for the next step.
base::Task<Problem> answer_step(Exchange& exchange, const provider::Provider& provider, const Login& login) {
  std::string plain = std::string(kPurpose) + std::string(provider.id()) + "\n" + to_json(login);
  host::Completion sealed = co_await host::seal(exchange.id, plain);
  if (sealed.status != host::kOk) co_return no_seal();
  const LoginMethod* method = method_of(provider, login.method);
  std::string body;
  json::Writer w(body);
  w.begin_object().key("done").boolean(false).key("login").string(base::base64_url(sealed.data));
  w.key("method").string(login.method).key("kind").string(method ? name_of(method->kind) : "");
  w.key("url").string(login.url).key("code").string(login.code).key("message").string(login.message);
  w.key("pause_ms").number(login.pause_ms).key("expires_ms").number(login.expires_ms).end_object();
  answer_json(exchange, body);
  co_return std::nullopt;
}

// A renewed account keeps what people have set, unless the login says otherwise.
void keep_settings(const account::Credential& old, Login& login) {
  account::Credential& to = login.credential;
  if (!old.label.empty() && login.values["label"].empty()) to.label = old.label;
  if (to.base_url.empty()) to.base_url = old.base_url;
  if (to.wire.empty()) to.wire = old.wire;
  if (to.token_url.empty()) to.token_url = old.token_url;
  if (to.project.empty()) to.project = old.project;
  if (to.models.empty()) to.models = old.models;
  to.preferences = old.preferences;
  to.extra.insert(old.extra.begin(), old.extra.end());
}

base::Task<Problem> store_account(Exchange& exchange, const provider::Provider& provider, Login& login) {
  std::string id = login.values["id"];
  account::AccountPtr old = find_account(id);
  if (old) keep_settings(old->credential, login);
  auto account = std::make_shared<account::Account>();
  account->credential = std::move(login.credential);
  account->credential.id = id;
  account->credential.provider = provider.id();
  if (auto problem = complete_credential(account->credential)) co_return problem;
  if (auto failed = co_await account::add(exchange.id, account)) co_return failed;
  account::pool().forget(account->credential.id);
  std::string body;
  json::Writer w(body);
  w.begin_object().key("done").boolean(true).key("renewed").boolean(old != nullptr);
  w.key("message").string(login.message).key("account");
  append_account(*account, w);
  w.end_object();
  answer_json(exchange, body);
  co_return std::nullopt;
}

// What follows a step, whichever it was.
base::Task<Problem> conclude(Exchange& exchange, const provider::Provider& provider, Login& login) {
  if (login.done) co_return co_await store_account(exchange, provider, login);
  co_return co_await answer_step(exchange, provider, login);
}

base::Task<Problem> start(Exchange& exchange, const provider::Provider& provider) {
  json::Document document;
  std::string_view text = exchange.request.body.empty() ? std::string_view("{}") : exchange.request.body;
  if (document.parse(text) != json::Error::none || !document.root().is_object()) {
    co_return provider::login_problem("The body must be a JSON object of strings.");
  }
  Login login;
  for (auto [name, value] : document.root().items()) {
    if (!value.is_string()) co_return provider::login_problem("'" + name.str() + "' must be a string.");
    login.values[name.str()] = value.str();
  }
  std::string asked = login.values["method"];
  const LoginMethod* method = method_of(provider, asked);
  if (!method) {
    co_return provider::login_problem("Provider " + std::string(provider.id()) + " has no login '" + asked +
                                      "'. GET this provider's login page for those it has.");
  }
  login.method = method->id;
  login.values.erase("method");
  if (auto problem = check_account_id(provider.id(), login.values["id"])) co_return problem;
  if (auto problem = co_await provider.start_login(exchange.id, login)) co_return problem;
  co_return co_await conclude(exchange, provider, login);
}

// Opens the login that `sealed` holds, if it is one of `provider`.
base::Task<bool> open_login(Exchange& exchange, std::string sealed, const provider::Provider& provider,
                            Login& out) {
  auto bytes = base::base64_decode(sealed);
  if (!bytes) co_return false;
  host::Completion plain = co_await host::unseal(exchange.id, *bytes);
  std::string head = std::string(kPurpose) + std::string(provider.id()) + "\n";
  if (plain.status != host::kOk || !plain.data.starts_with(head)) co_return false;
  co_return from_json(plain.data.substr(head.size()), out);
}

base::Task<Problem> go_on(Exchange& exchange, const provider::Provider& provider) {
  json::Document document;
  if (document.parse(exchange.request.body) != json::Error::none || !document.root()["login"].is_string()) {
    co_return provider::login_problem("The body must hold 'login', as the step before returned it.");
  }
  std::string input = document.root()["input"].str();
  Login login;
  if (!co_await open_login(exchange, document.root()["login"].str(), provider, login)) {
    co_return provider::login_problem("'login' is not a login of this gateway and provider. Start again.");
  }
  if (login.expires_ms && login.expires_ms < host::now_ms()) {
    co_return provider::login_problem("The login has expired. Start again.");
  }
  if (auto problem = co_await provider.continue_login(exchange.id, login, std::move(input))) {
    co_return problem;
  }
  co_return co_await conclude(exchange, provider, login);
}

}  // namespace

base::Task<Problem> serve_login(Exchange& exchange, AdminCall call) {
  if (call.rest.empty() && call.method == "GET") co_return list_providers(exchange);
  std::string_view step = call.rest;
  std::string_view id = base::take_until(step, '/');
  const provider::Provider* provider = provider::find(id);
  if (!provider) co_return unknown_provider(id);
  if (auto problem = co_await load_catalog(exchange.id)) co_return problem;
  if (step.empty() && call.method == "GET") co_return list_methods(exchange, *provider);
  if (call.method == "POST" && step == "start") co_return co_await start(exchange, *provider);
  bool next = step == "continue" || step == "poll" || step == "finish";
  if (call.method == "POST" && next) co_return co_await go_on(exchange, *provider);
  co_return wrong_admin_call(call);
}

}  // namespace gateway
