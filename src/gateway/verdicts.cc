// What follows from an upstream's failure.
#include <algorithm>
#include <utility>

#include "account/pool.h"
#include "base/text.h"
#include "gateway/context_overflow.h"
#include "gateway/flatten_tools.h"
#include "gateway/generation.h"
#include "gateway/signatures.h"
#include "host/host.h"

namespace gateway {

namespace {

using account::AccountPtr;
using provider::Verdict;
using Action = Verdict::Action;

constexpr int64_t kFruitlessRestMs = 10 * 60'000;

void log_failure(const Generation& generation, const Candidate& candidate, const account::Account& account,
                 uint32_t status, const Verdict& verdict) {
  std::string line = generation.exchange.request_id + " ";
  line.append(candidate.provider->id()).append(" account ").append(account.credential.id).append(": HTTP ");
  base::append_int(line, status);
  line.append(", ").append(verdict.error.message);
  host::log(host::Level::warning, line);
}

// Neither a fresh token nor a project found anew has helped, and every way has been tried.
void had_its_chance(const Candidate& candidate, account::Account& account, const Verdict& verdict) {
  if (verdict.action == Action::refresh) {
    account::stop(account, candidate.provider->refused_for_good(account),
                  "Even a fresh access token is refused: " + verdict.error.message);
  } else {
    bool whole = verdict.action == Action::rediscover || verdict.scope == Verdict::Scope::account;
    account::rest(account, candidate.model.id, whole, host::now_ms() + kFruitlessRestMs, false,
                  verdict.error.message);
  }
}

Outcome second_chance(Generation& generation, const Candidate& candidate, account::Account& account,
                      const Verdict& verdict) {
  if (generation.refreshed) {
    bool elsewhere =
        verdict.action == Action::refresh && candidate.provider->next_route(account, candidate.model);
    if (elsewhere) return Outcome::rerouted;
    had_its_chance(candidate, account, verdict);
    return Outcome::next_account;
  }
  generation.refreshed = true;
  if (verdict.action == Action::refresh) candidate.provider->forget_token(account);
  if (verdict.action == Action::rediscover) candidate.provider->forget_project(account);
  return Outcome::again;
}

Outcome without_signatures(Generation& generation) {
  if (generation.stripped || generation.body.refused) return Outcome::give_up;
  generation.stripped = true;
  drop_signatures(generation.body.request);
  return Outcome::again;
}

Outcome with_tools_as_text(Generation& generation) {
  bool too_long = is_overflow(generation.error);
  if (too_long || generation.body.refused || std::exchange(generation.flattened, true))
    return Outcome::give_up;
  return flatten_tools(generation.body.request, generation.exchange.arena) ? Outcome::again
                                                                           : Outcome::give_up;
}

// A client's own body goes as it is or not at all: in that lane the unknown field is the client's.
Outcome without_fields(Generation& generation, const Verdict& verdict) {
  bool again = generation.dropped.find(verdict.fields) != std::string::npos;
  if (generation.lane || again) return Outcome::give_up;
  generation.dropped += verdict.fields;
  return Outcome::again;
}

Outcome in_new_conversation(Generation& generation) {
  if (std::exchange(generation.moved, true)) return Outcome::give_up;
  return Outcome::again;
}

// Asks the upstream when the first of the allowances that are used up is back. What it does not say stays a
// guess.
base::Task<> ask_when_it_is_back(Generation& generation, const Candidate& candidate, AccountPtr account,
                                 Verdict& verdict) {
  std::vector<provider::Quota> quotas;
  if (co_await candidate.provider->quota(generation.exchange.id, *account, quotas)) co_return;
  int64_t now = host::now_ms(), first = 0;
  for (const provider::Quota& quota : quotas) {
    bool used_up = quota.limit > 0 && quota.used >= quota.limit && quota.resets_ms > now;
    if (used_up && (!first || quota.resets_ms < first)) first = quota.resets_ms;
  }
  if (!first) co_return;
  verdict.until_ms = first;
  verdict.error.retry_after = (first - now) / 1000 + 1;
}

// A family of models shares its limit, and rests as one.
void rest(const Candidate& candidate, account::Account& account, const Verdict& verdict) {
  auto rest_of = [&](const std::string& model) {
    account::rest(account, model, verdict.scope == Verdict::Scope::account, verdict.until_ms,
                  verdict.transient, verdict.error.message, verdict.firm);
  };
  rest_of(candidate.model.id);
  if (verdict.scope != Verdict::Scope::family || candidate.model.family.empty()) return;
  for (const provider::Model& other : candidate.provider->models()) {
    if (other.family == candidate.model.family && other.id != candidate.model.id) rest_of(other.id);
  }
}

base::Task<Outcome> obey(Generation& generation, const Candidate& candidate, AccountPtr account,
                         const Verdict& verdict) {
  switch (verdict.action) {
    case Action::retry_here:
      if (generation.attempts > 0) co_await host::sleep(generation.exchange.id, uint32_t(verdict.wait_ms));
      co_return Outcome::again;
    case Action::refresh:
    case Action::rediscover: co_return second_chance(generation, candidate, *account, verdict);
    case Action::reroute:
      if (candidate.provider->next_route(*account, candidate.model)) co_return Outcome::rerouted;
      had_its_chance(candidate, *account, verdict);
      break;
    case Action::new_conversation: co_return in_new_conversation(generation);
    case Action::flatten_tools: co_return with_tools_as_text(generation);
    case Action::strip_signatures: co_return without_signatures(generation);
    case Action::drop_fields: co_return without_fields(generation, verdict);
    case Action::next_account:
      rest(candidate, *account, verdict);
      if (verdict.last_move) generation.attempts = std::min(generation.attempts, 1);
      generation.cautious |= verdict.last_move;
      break;
    case Action::quarantine:
      account::stop(*account, account::State::quarantined, verdict.error.message);
      generation.quarantined = true;
      co_return Outcome::give_up;
    case Action::needs_login:
      account::stop(*account, account::State::needs_login, verdict.error.message);
      break;
    case Action::fatal: co_return Outcome::give_up;
  }
  co_return Outcome::next_account;
}

// Is the verdict about how the request went out, rather than about what it asks for?
bool is_of_the_way(const Verdict& verdict) {
  return verdict.elsewhere || verdict.payable || verdict.action == Action::refresh ||
         verdict.action == Action::rediscover || verdict.action == Action::reroute;
}

// What was refused is no longer what the account goes by: another request has met the same before.
Outcome follow(Generation& generation, const Candidate& candidate, const account::Account& account,
               const Verdict& verdict) {
  if (!account.available(candidate.model.id, host::now_ms())) return Outcome::next_account;
  if (verdict.elsewhere && verdict.transient) generation.passing = verdict;
  return Outcome::rerouted;
}

// Takes the account's next route, if it has another: its credits, or another host. With none left, a fault
// that passes on one of them says more than what the others lack.
bool goes_elsewhere(Generation& generation, const Candidate& candidate, account::Account& account,
                    Verdict& verdict) {
  if (verdict.payable && candidate.provider->pay(account, candidate.model, verdict.until_ms)) return true;
  if (verdict.elsewhere && candidate.provider->next_route(account, candidate.model)) {
    if (verdict.transient) generation.passing = std::move(verdict);
    return true;
  }
  if (verdict.elsewhere && generation.passing) {
    verdict = *generation.passing;
    generation.error = verdict.error;
  }
  generation.passing.reset();
  return false;
}

bool has_retired(const provider::Provider& provider) {
  const auto& accounts = account::pool().all();
  return std::any_of(accounts.begin(), accounts.end(), [&](const AccountPtr& account) {
    return account->credential.provider == provider.id() && account->state == account::State::retired;
  });
}

}  // namespace

base::Task<Outcome> judge(Generation& generation, const Candidate& candidate, AccountPtr account,
                          uint32_t status, std::string headers) {
  std::string body = co_await read_failure(generation.exchange, status, nullptr);
  host::close(generation.exchange.id);
  co_return co_await judge_body(generation, candidate, account, status, std::move(headers), std::move(body));
}

base::Task<Outcome> judge_body(Generation& generation, const Candidate& candidate, AccountPtr account,
                               uint32_t status, std::string headers, std::string body) {
  Verdict verdict = candidate.provider->judge(status, headers, body, candidate.model, host::now_ms());
  account::redact(account->credential, verdict.error.message);
  if (verdict.guessed) co_await ask_when_it_is_back(generation, candidate, account, verdict);
  generation.error = verdict.error;
  if (verdict.too_long_from && generation.exchange.request.body.size() >= verdict.too_long_from) {
    generation.error.code = "context_length_exceeded";
  }
  say_overflow(generation.error, generation.surface().origin, candidate.model.max_input);
  log_failure(generation, candidate, *account, status, verdict);
  if (is_of_the_way(verdict) && generation.way != candidate.provider->way(*account, candidate.model))
    co_return follow(generation, candidate, *account, verdict);
  if (goes_elsewhere(generation, candidate, *account, verdict)) co_return Outcome::rerouted;
  co_return co_await obey(generation, candidate, account, verdict);
}

// Every account of the provider is resting or busy, or none may serve this model.
void explain_absence(Generation& generation, const Candidate& candidate) {
  std::string_view provider = candidate.provider->id();
  const std::string& model = candidate.model.id;
  int64_t wait = account::pool().ready_in_ms(provider, model, host::now_ms());
  chat::Error& error = generation.error;
  error = {};
  error.message = "No ";
  error.message.append(candidate.provider->title()).append(" account can serve '").append(model);
  if (wait < 0) {
    error.fault = chat::Fault::no_account;
    if (has_retired(*candidate.provider)) {
      error.message.append("' any more. ").append(candidate.provider->status());
      return;
    }
    error.message += "' now. See GET /health with the admin key for the state of each account.";
    return;
  }
  bool busy = account::pool().pick(provider, model, 0, {}) != nullptr;
  error.fault = chat::Fault::rate_limited;
  error.retry_after = wait / 1000 + 1;
  error.retry = error.retry_after <= 60;
  error.message +=
      busy ? "' at the moment: all of them have as many requests as their owner allows. Try again in "
           : "' at the moment: all of them are cooling down after limits of their upstream. Try again in ";
  base::append_int(error.message, error.retry_after);
  error.message += " seconds.";
}

}  // namespace gateway
