// From one candidate to the next: other providers of a model, then the other models of its chain.
#include "account/board.h"
#include "config/settings.h"
#include "gateway/generation.h"
#include "json/escape.h"

namespace gateway {

namespace {

// Could another model do better? Not where the request itself is at fault, and a request that got an account
// suspended goes nowhere else.
bool may_move_on(const Generation& generation, Outcome outcome) {
  if (generation.quarantined) return false;
  if (outcome == Outcome::next_account) return true;
  switch (generation.error.fault) {
    case chat::Fault::no_account:
    case chat::Fault::not_found:
    case chat::Fault::rate_limited:
    case chat::Fault::quota_exhausted:
    case chat::Fault::overloaded:
    case chat::Fault::upstream:
    case chat::Fault::timeout: return true;
    default: return false;
  }
}

// The next model of the chain has a search of its own; but a provider that wants no more requests of this
// kind gets one at most.
void begin_link(Generation& generation, bool same_provider) {
  if (!same_provider) generation.cautious = false;
  generation.attempts = generation.cautious ? 1 : config::settings().attempts;
}

}  // namespace

base::Task<Outcome> try_candidates(Generation& generation, const std::vector<Candidate>* candidates,
                                   const Candidate*& served_by) {
  Outcome outcome = Outcome::next_account;
  const Candidate* before = nullptr;
  for (const Candidate& candidate : *candidates) {
    bool next_link = before && candidate.link != before->link;
    if (before && !next_link && outcome == Outcome::give_up) continue;
    if (next_link && !may_move_on(generation, outcome)) break;
    if (next_link) begin_link(generation, candidate.provider == before->provider);
    before = &candidate;
    if (candidate.renamed) generation.stamp.model = json::escaped(candidate.model.id);
    outcome = co_await try_provider(generation, candidate);
    if (outcome == Outcome::served) served_by = &candidate;
    if (outcome == Outcome::served) break;
  }
  co_return outcome;
}

}  // namespace gateway
