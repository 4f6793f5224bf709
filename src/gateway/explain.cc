#include "gateway/explain.h"

#include <algorithm>

#include "account/pool.h"
#include "account/selection.h"
#include "base/text.h"
#include "gateway/body_shape.h"
#include "gateway/catalog.h"
#include "gateway/conversation.h"
#include "gateway/generation.h"
#include "gateway/item_references.h"
#include "gateway/respond.h"
#include "gateway/responses_store.h"
#include "host/host.h"
#include "json/escape.h"
#include "json/writer.h"

namespace gateway {

namespace {

using account::AccountPtr;
using protocol::Origin;
using Problem = std::optional<chat::Error>;

// The account that would serve, and what its upstream would be sent.
struct Found {
  AccountPtr account;  // null: nobody would
  Draft draft;
};

chat::Error not_a_generation() {
  chat::Error error;
  error.fault = chat::Fault::invalid_request;
  error.code = "no_generation";
  error.message =
      "POST /admin/explain wants the body of a generation, and where the body does not say whose it is, its "
      "path behind: /admin/explain/v1/messages, /admin/explain/v1beta/models/{model}:generateContent.";
  return error;
}

// The path that a body without one is meant for; empty: it does not say.
std::string_view path_of(const http::Request& request) {
  json::Document document;
  if (document.parse(request.body) != json::Error::none) return {};
  switch (shape_of(document.root())) {
    case Origin::anthropic: return "/v1/messages";
    case Origin::openai_responses: return "/v1/responses";
    case Origin::gemini: return {};  // whose path names the model
    default: return document.root()["messages"] ? "/v1/chat/completions" : "";
  }
}

// Why an account of the provider is not asked at all.
std::string why_not(const account::Account& account, const std::string& model) {
  if (!account::serves_model(account.credential, model)) return "Its 'models' do not take this one.";
  int64_t until = account.resting.until_ms, now = host::now_ms();
  auto resting = account.model_rests.find(model);
  if (resting != account.model_rests.end()) until = std::max(until, resting->second.until_ms);
  std::string why(account::name_of(account.state));
  if (account.state == account::State::ready && until > now)
    why = "resting, seconds to go " + base::to_text((until - now) / 1000 + 1);
  return why.append(": ").append(account.reason);
}

// Why the last of `tried` would serve.
std::string_view why_it(const Generation& generation, const Candidate& candidate,
                        const std::vector<AccountPtr>& tried) {
  const std::string& model = candidate.model.id;
  std::string_view provider = candidate.provider->id();
  const account::Account& account = *tried.back();
  account::Fit fit = account::fit_of(account, provider, model, host::now_ms());
  if (fit == account::Fit::resting)
    return "It rests for a fault of its upstream that passes, but there is no other.";
  if (fit == account::Fit::busy)
    return "It has as many requests as its owner allows: this one would wait for its turn.";
  if (fit == account::Fit::unproven || account::half_open(account, model, host::now_ms()))
    return "Its rest is over, and one request at a time finds out whether it is well.";
  if (tried.size() > 1) return "Those before it cannot serve.";
  bool alone = !account::pool().pick(provider, model, generation.body.session, tried);
  return alone ? "It is the only one that can serve now."
               : "It is this conversation's own among those that can serve now.";
}

void append_account(const Candidate& candidate, const account::Account& account, std::string_view why,
                    bool serves, json::Writer& w) {
  w.begin_object();
  const std::pair<std::string_view, std::string_view> members[] = {{"id", account.credential.id},
                                                                   {"label", account.credential.label},
                                                                   {"provider", candidate.provider->id()},
                                                                   {"model", candidate.model.id},
                                                                   {"state", account::name_of(account.state)},
                                                                   {"why", why}};
  for (const auto& [name, value] : members) w.key(name).string(value);
  w.key("priority").number(account.credential.preferences.priority);
  w.key("weight").number(account.credential.preferences.weight);
  w.key("serves").boolean(serves).end_object();
}

// The models that the client's name stands for, with the providers that could serve each.
void append_chain(const std::string& model, const std::vector<Candidate>& candidates, json::Writer& w) {
  w.key("chain").begin_array();
  std::vector<std::string> chain = chain_of(model);
  for (size_t link = 0; link < chain.size(); link++) {
    w.begin_object().key("model").string(chain[link]).key("providers").begin_array();
    for (const Candidate& candidate : candidates) {
      if (candidate.link == link) w.string(candidate.provider->id());
    }
    w.end_array().end_object();
  }
  w.end_array();
}

// Appends the accounts of `candidate`: in the order in which a generation would ask them, drafting the
// message until one can be sent, and then those that it would not ask. False: the request is at fault.
base::Task<bool> append_accounts(Generation& generation, const Candidate& candidate, Found& found,
                                 json::Writer& w) {
  std::vector<AccountPtr> tried;
  bool at_fault = false;
  while (AccountPtr account = account::pool().pick(candidate.provider->id(), candidate.model.id,
                                                   generation.body.session, tried)) {
    tried.push_back(account);
    std::string why = at_fault ? "It is not asked: the request itself is at fault."
                               : "It is next, should those before it fail.";
    if (!found.account && !at_fault) {
      Outcome outcome = co_await draft(generation, candidate, account, found.draft);
      at_fault = outcome == Outcome::give_up;
      if (outcome == Outcome::again) found.account = account;
      why = found.account ? std::string(why_it(generation, candidate, tried)) : generation.error.message;
      account::redact(account->credential, why);
    }
    append_account(candidate, *account, why, account == found.account, w);
  }
  if (tried.empty() && !found.account) explain_absence(generation, candidate);
  for (const AccountPtr& account : account::pool().all()) {
    bool others = account->credential.provider != candidate.provider->id();
    if (others || std::find(tried.begin(), tried.end(), account) != tried.end()) continue;
    append_account(candidate, *account, why_not(*account, candidate.model.id), false, w);
  }
  co_return !at_fault;
}

// "POST url\nname: value\n...\n\nbody", without secrets.
void append_message(std::string_view message, json::Writer& w) {
  std::string_view head = base::take_until(message, '\n');
  w.begin_object().key("method").string(base::take_until(head, ' ')).key("url").string(head);
  w.key("headers").begin_object();
  while (!message.empty() && !message.starts_with('\n')) {
    std::string line = without_proof(base::take_until(message, '\n'));
    std::string_view value = line, name = base::take_until(value, ':');
    w.key(name).string(base::trim(value));
  }
  message.remove_prefix(std::min<size_t>(1, message.size()));
  w.end_object().key("body").raw(message).end_object();  // every wire's body is JSON
}

void append_outcome(const Generation& generation, Found& found, json::Writer& w) {
  if (!found.account) {
    w.key("account").null().key("error").string(generation.error.message);
    return;
  }
  w.key("account").string(found.account->credential.id).key("wire").string(found.draft.wire->name);
  w.key("body_as_it_is").boolean(found.draft.lane).key("request");
  account::redact(found.account->credential, found.draft.message);
  append_message(found.draft.message, w);
}

}  // namespace

std::string without_proof(std::string_view line) {
  std::string_view name = line.substr(0, line.find(':'));
  bool proves = name.ends_with("authorization") || name.ends_with("api-key") || name.ends_with("token") ||
                name.ends_with("signature") || name == "cookie";
  if (!proves || line.find("[secret]") != line.npos) return std::string(line);
  return std::string(name) + ": [secret]";
}

base::Task<Problem> serve_explain(Exchange& exchange, AdminCall call) {
  if (call.method != "POST") co_return wrong_admin_call(call);
  http::Request& request = exchange.request;
  request.path.remove_prefix(request.path.size() - call.rest.size() - (call.rest.empty() ? 0 : 1));
  if (request.path.empty()) request.path = path_of(request);
  Route route;
  if (request.path.empty()) co_return not_a_generation();
  if (auto problem = find_route(request, route)) co_return problem;
  if (route.endpoint != Endpoint::generate) co_return not_a_generation();

  Generation generation{exchange, route};
  Problem problem;
  if (route.surface->origin == Origin::openai_responses)
    problem = co_await continue_stored(exchange, generation.stamp.previous);
  if (!problem) problem = read_body(exchange, route, generation.body);
  if (generation.body.request.refers) problem = co_await read_resolved(exchange, route, generation.body);
  if (!problem) problem = co_await load_catalog(exchange.id);
  std::vector<Candidate> candidates;
  std::string model = json::unescaped(generation.body.request.model);
  if (!problem) problem = find_candidates(model, route.provider, candidates);
  if (problem) co_return problem;

  std::string body;
  json::Writer w(body);
  w.begin_object().key("object").raw("\"explanation\"").key("surface").string(route.surface->name);
  w.key("conversation").string(uuid_of(generation.body.session));
  append_chain(model, candidates, w);
  w.key("accounts").begin_array();
  Found found;
  for (const Candidate& candidate : candidates) {
    if (!co_await append_accounts(generation, candidate, found, w)) break;
  }
  w.end_array();
  append_outcome(generation, found, w);
  w.end_object();
  answer_in_place(exchange, 200, "application/json", body);
  co_return std::nullopt;
}

}  // namespace gateway
