// Which accounts are asked, in which order, and how often.
#include "account/board.h"
#include "account/pool.h"
#include "account/selection.h"
#include "account/turn.h"
#include "account/vault.h"
#include "base/apart.h"
#include "gateway/context_overflow.h"
#include "gateway/generation.h"
#include "gateway/media.h"
#include "gateway/relay.h"
#include "host/host.h"

namespace gateway {

namespace {

using account::AccountPtr;
using Problem = std::optional<chat::Error>;

constexpr int kTriesPerAccount = 3;

Outcome give_up(Generation& generation, chat::Error error) {
  generation.error = std::move(error);
  return Outcome::give_up;
}

// For a fault that passes. One that has been judged already keeps its verdict.
BASE_APART void rest_briefly(account::Account& account, std::string_view reason) {
  int64_t now = host::now_ms();
  if (account.state == account::State::ready && account.resting.until_ms <= now)
    account::rest(account, {}, true, now, true, reason);
}

BASE_APART void time_out(Generation& generation, account::Account& account) {
  generation.error = {};
  generation.error.fault = chat::Fault::timeout;
  generation.error.message = "The upstream did not answer in time.";
  generation.error.code = "upstream_timeout";
  generation.error.retry = true;
  rest_briefly(account, generation.error.message);
}

// A body that goes through the model must have been understood, and brings its media along.
base::Task<Problem> prepare_model(Generation& generation, const Draft& draft) {
  if (generation.body.refused) co_return generation.body.refused;
  co_return co_await inline_media(generation.exchange, generation.body.request, draft.wire->origin,
                                  draft.target.media_urls);
}

// The model had nothing to say, or garbled a call: a matter of luck, in which the temperature has a part.
bool came_to_nothing(const chat::Error& failure) {
  return failure.code == "upstream_empty" || failure.code == "upstream_malformed_function_call" ||
         failure.code == "upstream_unexpected_tool_call";
}

// What the provider has learnt from being served is kept for all instances. Failing that, this one knows.
BASE_APART base::Task<> settle(Generation& generation, const Candidate& candidate, AccountPtr account) {
  if (!candidate.provider->settle(*account)) co_return;
  host::Hold hold(generation.exchange.id);  // the client has its answer and may go
  if (auto problem = co_await account::store(generation.exchange.id, account)) {
    host::log(host::Level::warning, problem->message);
  }
  co_await hold.end();
}

base::Task<Outcome> relay(Generation& generation, const Candidate& candidate, AccountPtr account,
                          const Draft& sent, std::string headers, std::string content_type) {
  Relay relay{generation.exchange,
              *generation.client,
              generation.body.request,
              generation.surface(),
              *sent.wire,
              generation.stamp,
              sent.target,
              std::move(content_type),
              candidate.provider->answer_envelope(),
              candidate.provider->leaves_output_out(*account),
              generation.told,
              &generation,
              &candidate,
              account};
  auto failure = generation.compacting ? co_await pass_compaction(relay)
                 : sent.lane           ? co_await pass_through(relay)
                                       : co_await translate(relay);
  if (!failure) {
    account::recover(*account, candidate.model.id);
    candidate.provider->note_limits(*account, headers);
    co_await settle(generation, candidate, account);
    co_return Outcome::served;
  }
  host::close(generation.exchange.id);
  // No second try makes a conversation shorter, whatever kind of error says that it is too long.
  bool too_long = is_overflow(*failure);
  if (!failure->said.empty() && !too_long) {
    co_return co_await judge_body(generation, candidate, account, uint32_t(failure->said_status),
                                  std::move(headers), std::move(failure->said));
  }
  generation.fruitless |= came_to_nothing(*failure);
  generation.error = std::move(*failure);
  account::redact(account->credential, generation.error.message);
  if (!too_long) co_return Outcome::again;
  say_overflow(generation.error, generation.surface().origin, candidate.model.max_input);
  co_return Outcome::give_up;
}

base::Task<Outcome> attempt(Generation& generation, const Candidate& candidate, AccountPtr account) {
  Exchange& exchange = generation.exchange;
  Draft sent;
  Outcome drafted = co_await draft(generation, candidate, account, sent);
  if (drafted != Outcome::again) co_return drafted;
  host::Completion head = co_await fetch_patiently(exchange, sent.message, &*generation.client);
  if (head.status == host::kNothingYet) {
    time_out(generation, *account);
    co_return Outcome::next_account;
  }
  std::string headers(head.data), content_type(http::header(headers, "content-type"));
  bool success = head.status >= 200 && head.status <= 299;
  if (generation.compacting && (head.status == 404 || head.status == 405)) {
    host::close(exchange.id);
    generation.compact = {};  // it has no such endpoint, and is asked for a summary
    co_return Outcome::rerouted;
  }
  if (!success || content_type.find("html") != content_type.npos) {
    co_return co_await judge(generation, candidate, account, head.status, std::move(headers));
  }
  co_return co_await relay(generation, candidate, account, sent, std::move(headers), std::move(content_type));
}

}  // namespace

base::Task<Outcome> draft(Generation& generation, const Candidate& candidate, AccountPtr account,
                          Draft& out) {
  const provider::Provider& provider = *candidate.provider;
  if (auto problem = co_await provider.prepare(generation.exchange.id, account)) {
    generation.error = *problem;
    rest_briefly(*account, problem->message);
    co_return Outcome::next_account;
  }
  out.wire = &provider.wire_for(*account, candidate.model, generation.surface().origin);
  generation.compacting = can_compact(generation, provider, *account, *out.wire);
  out.lane = generation.lane = generation.compacting || same_lane(generation, provider, *account, *out.wire);
  out.target = target_for(generation, candidate, *account, *out.wire);
  Problem problem;
  if (!out.lane) problem = co_await prepare_model(generation, out);
  generation.way = provider.way(*account, candidate.model);
  if (!problem)
    problem = write_message(generation, candidate, *account, *out.wire, out.target, out.lane, out.message);
  co_return problem ? give_up(generation, *problem) : Outcome::again;
}

// An account may be tried again: after a refresh, after a short wait, after an answer that came to nothing.
// Its first try, and the second with a fresh token, it has even when no tries are left.
base::Task<Outcome> try_account(Generation& generation, const Candidate& candidate, AccountPtr account) {
  Outcome outcome = Outcome::again;
  generation.asked = {candidate.provider->id(), account->credential.id, candidate.model.id};
  generation.refreshed = false;
  generation.passing.reset();
  for (int tries = 0; tries < kTriesPerAccount && outcome == Outcome::again; tries++) {
    if (tries > 0 && generation.attempts <= 0 && !generation.refreshed) break;
    generation.attempts--;
    int64_t wait = account::claim_start(*account);
    if (wait > 0) co_await host::sleep(generation.exchange.id, uint32_t(wait));
    outcome = co_await attempt(generation, candidate, account);
    if (outcome != Outcome::rerouted) continue;
    outcome = Outcome::again;
    tries--;
    generation.attempts++;
  }
  co_return outcome == Outcome::again ? Outcome::next_account : outcome;
}

// While an account is ready that has not been asked, a request is not given up for having had its number of
// tries: the failures of some must not hide the one that would have served.
base::Task<Outcome> try_provider(Generation& generation, const Candidate& candidate) {
  std::string_view provider = candidate.provider->id();
  const std::string& model = candidate.model.id;
  uint64_t session = generation.body.session;
  std::vector<AccountPtr> tried;
  Outcome outcome = Outcome::next_account;
  while (true) {
    AccountPtr account = account::pool().pick(provider, model, session, tried);
    if (account && account::must_wait(*account, provider, model)) {
      account = co_await account::wait_for_turn(generation.exchange.id,
                                                {std::string(provider), model, session}, &tried);
    }
    if (!account && tried.empty()) explain_absence(generation, candidate);
    bool enough = generation.attempts <= 0 &&
                  (generation.cautious || !account || !account->available(model, host::now_ms()));
    if (!account || enough) co_return outcome;
    tried.push_back(account);
    account::Turn turn(account, model);
    outcome = co_await try_account(generation, candidate, account);
    // With the answer the exchange has come to its end: what it has proven, the next one tells.
    if (outcome == Outcome::served) co_return outcome;
    co_await account::board().tell(generation.exchange.id);
    if (outcome == Outcome::give_up) co_return outcome;
  }
}

}  // namespace gateway
