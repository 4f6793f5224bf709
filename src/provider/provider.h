// A provider is an upstream with accounts: which protocol it speaks, which URL and headers, how to refresh,
// how to judge.
//
// One folder under provider/ each, one line in registry.cc. A provider knows protocols and accounts; it never
// sees the client's surface.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "account/account.h"
#include "base/task.h"
#include "chat/error.h"
#include "protocol/protocol.h"
#include "provider/descriptor.h"
#include "provider/login.h"
#include "provider/model.h"
#include "provider/quota.h"

namespace provider {

// What to make of an upstream's answer that is not a success.
struct Verdict {
  enum class Action : uint8_t {
    retry_here,    // the same account, after `wait_ms`
    next_account,  // this account rests until `until_ms` (scope says for which models)
    refresh,       // the access token is dead: refresh it and try once more
    rediscover,    // the account's project is wrong: find it again and try once more
    reroute,       // the account must be reached in another way: Provider::next_route(); with none left it
                   // rests for a while, as `scope` says
    new_conversation,  // the upstream's conversation is full: once more in a fresh one
    flatten_tools,     // the conversation's shape is refused: once more with its tool turns as text
    strip_signatures,  // a thought signature was called corrupted: once more without any
    drop_fields,       // `fields` are unknown to the upstream: once more without those that we wrote
    fatal,             // this request's own fault, or nobody's: no other account would do better
    quarantine,        // suspended or against the terms: this account stops, and this request is not sent to
                       // another
    needs_login,       // only a person can mend this account; try the next
  };
  enum class Scope : uint8_t { account, model, family };
  Action action = Action::fatal;
  Scope scope = Scope::model;
  int64_t until_ms = 0;      // next_account: absolute time
  int64_t wait_ms = 0;       // retry_here
  bool last_move = false;    // next_account: ask one more account at most, many at once would look like abuse
  size_t too_long_from = 0;  // bytes: a request body of at least so many was refused for its length; 0 = no
  bool elsewhere = false;    // before all that: once more by the account's next route, if it has another
  bool transient = false;    // not the account's fault: never benches the last healthy account
  bool firm = false;     // next_account: `until_ms` is no hint; the account is not asked before, for a day
  bool guessed = false;  // next_account: `until_ms` is a guess, and Provider::quota() may know better
  bool payable = false;  // next_account: the account's credits may pay for it (Provider::pay)
  std::string fields{};  // drop_fields: "path\nname\n" of each, as json::prune() takes them
  chat::Error error;     // for the client, should this be the last word
};

// One generation on its way to an upstream.
struct Call {
  const account::Account& account;
  const Model& model;
  const chat::Request& request;
  bool stream = true;            // only same-protocol lanes ask for a whole answer
  std::string_view session;      // the conversation, as digits; stable while it lasts
  std::string_view forwarded{};  // "name: value\n" lines of the client that its protocol shares with the wire
  protocol::Origin wire = protocol::Origin::none;  // the wire that was chosen
  bool compact = false;                            // asks for the conversation made short, not for an answer
};

// What a search of the web has found.
struct Found {
  std::string sources = "[]";  // {"url":..,"title":..} of each
  std::string text;            // for the model to read; where the search failed, why
};

class Provider {
 public:
  virtual ~Provider() = default;

  virtual std::string_view id() const = 0;
  virtual std::string_view title() const = 0;
  // Other identifiers that are accepted for this provider.
  virtual std::span<const std::string_view> aliases() const = 0;
  // One sentence on today's state of the upstream and its terms, shown to people.
  virtual std::string_view status() const = 0;

  // The wire protocol, which may depend on the account (an endpoint's dialect) and on the model.
  virtual const protocol::Protocol& wire(const account::Account& account, const Model& model) const = 0;
  // For an upstream with several wires: the one that is nearest to `asked`, which the client speaks.
  virtual const protocol::Protocol& wire_for(const account::Account& account, const Model& model,
                                             protocol::Origin) const {
    return wire(account, model);
  }
  // May a client of the same protocol have `body` passed on and the answer passed back as they are?
  virtual bool splices(protocol::Origin wire, json::Value body) const { return (void)wire, (void)body, true; }

  // The built-in models, most capable first. May be empty (an endpoint that only its accounts know).
  virtual std::span<const Model> models() const = 0;
  // True if any model name may be sent on, known or not.
  virtual bool serves_unknown_models() const { return false; }
  // The name in the table that `name`, which is not there, is another spelling of; empty: none.
  virtual std::string spelled_right(std::string_view name) const { return (void)name, std::string(); }
  // Is `name`, which is in no table, of this upstream's own family? Then it comes before all guesses.
  virtual bool claims(std::string_view name) const { return (void)name, false; }
  // Asks the upstream for its models with `account`. An error leaves the built-in table in force.
  virtual base::Task<std::optional<chat::Error>> discover(uint32_t req, account::Account& account,
                                                          std::vector<Model>& out) const;
  // Does discover() ask the upstream? Then its success says that the account works.
  virtual bool discover_asks() const { return true; }

  // The data behind the provider, which may be overridden without a deploy; null: it has none.
  virtual Descriptor* descriptor() const { return nullptr; }

  // What a writer must know of `model`. For an unknown model, sensible guesses from its name.
  virtual protocol::Target target(const account::Account& account, const Model& model) const;

  // The ways to log in, the best first. Unless overridden: the person brings a key.
  virtual std::span<const LoginMethod> login_methods() const;
  // Begins `login` (its method and options are set): fills what the person sees, or finishes it at once.
  // Unless overridden, this and the next step take a key.
  virtual base::Task<std::optional<chat::Error>> start_login(uint32_t req, Login& login) const;
  // The next step. `input` is what the person brought; a device login has none, and is not done while the
  // upstream still waits for the person. An error ends the login.
  virtual base::Task<std::optional<chat::Error>> continue_login(uint32_t req, Login& login,
                                                                std::string input) const;
  // Reads a credential file of the upstream's own tools. False: it is none, and `out` is of no use.
  virtual bool adopt(json::Value file, account::Credential& out) const {
    return (void)file, (void)out, false;
  }
  // Reads the account that Worker variables of the provider's own configure. False: they configure none; what
  // is wrong with them, if anything, goes into `problem`.
  virtual bool configured(account::Credential& out, std::string& problem) const {
    return (void)out, (void)problem, false;
  }
  // What is wrong with a credential that a person wants to add. Missing members that have a default are
  // filled in.
  virtual std::optional<chat::Error> check(account::Credential& credential) const;

  // What is left of the account's allowance. An upstream that does not say leaves `out` empty. Where the
  // answer names the person, an account without a label takes that name.
  virtual base::Task<std::optional<chat::Error>> quota(uint32_t req, account::Account& account,
                                                       std::vector<Quota>& out) const;

  // Searches the web, for an upstream that leaves it to its clients (protocol::Target::search_tool).
  // `account` has been prepared.
  virtual base::Task<> search(uint32_t req, account::AccountPtr account, std::string query, Found& out) const;

  // Makes `account` able to send: a fresh access token, a project. Suspends only when there is something to
  // do.
  virtual base::Task<std::optional<chat::Error>> prepare(uint32_t req, account::AccountPtr account) const;
  // What a request of the account for `model` goes out by: its token, its project, the route. Refusals of
  // these say nothing of those that another request has obtained or found out meanwhile.
  virtual std::string way(const account::Account& account, const Model& model) const;
  // After Verdict refresh / rediscover: whatever the account holds of that kind is no longer good.
  virtual void forget_token(account::Account&) const {}
  virtual void forget_project(account::Account&) const {}
  // Has the service behind the account been shut down? Then it is retired from the start.
  virtual bool ended(const account::Account&) const { return false; }
  // What becomes of an account whose fresh token is refused too.
  virtual account::State refused_for_good(const account::Account&) const {
    return account::State::needs_login;
  }
  // After Verdict reroute or elsewhere, or a second refusal of the token: takes the next way to the upstream.
  // False once all have been tried.
  virtual bool next_route(account::Account&, const Model&) const { return false; }
  // After a verdict that is `payable`: lets the account's credits pay for `model` until `until_ms`. False if
  // they may not, or did already.
  virtual bool pay(const account::Account&, const Model&, int64_t until_ms) const {
    return (void)until_ms, false;
  }
  // An answer was served with `account`. True: that settled something in its credential that is worth
  // storing.
  virtual bool settle(account::Account&) const { return false; }
  // The head of an answer that was served with `account`, which may say what is left of its allowances.
  virtual void note_limits(account::Account&, std::string_view headers) const { (void)headers; }

  // Appends "POST url\nheaders\n\n".
  virtual void head(const Call& call, std::string& out) const = 0;
  // Around the wire's body: an envelope, for the upstreams that want one.
  virtual void open_envelope(const Call& call, std::string& out) const;
  virtual void close_envelope(const Call& call, std::string& out) const;
  // The last word on the wire's body, which stands in `out` from `body_at` on: fields of this upstream alone.
  virtual std::optional<chat::Error> edit_body(const Call& call, std::string& out, size_t body_at) const;
  // The member of each answer that holds the wire's own answer ("response"); empty: nothing is wrapped.
  virtual std::string_view answer_envelope() const { return {}; }
  // Responses: does the last event of a stream leave out the output that went before?
  virtual bool leaves_output_out(const account::Account&) const { return false; }
  // Does the upstream make a conversation short itself, and take `body`, in which a client asks for that, as
  // it is? Then Call::compact asks it to.
  virtual bool compacts(const account::Account&, json::Value body) const { return (void)body, false; }

  // `status` is HTTP's or host::kNetwork; `headers` the head lines; `body` the first 64 KiB of the answer.
  virtual Verdict judge(uint32_t status, std::string_view headers, std::string_view body, const Model& model,
                        int64_t now_ms) const = 0;
};

// A 400 that names the member of a credential that is wrong.
chat::Error invalid_credential(std::string message, std::string_view member);

// Every provider, in the order in which a model without a provider is looked up.
std::span<const Provider* const> all();
// By identifier or alias; null if there is none.
const Provider* find(std::string_view id);

// The model of `provider` that `name` means (id, alias, "models/" prefix stripped), or nothing.
const Model* find_model(const Provider& provider, std::string_view name);
// A Model for a name that is in no table.
Model unknown_model(std::string_view name);

}  // namespace provider
