// What the steps of a generation share: the client's request, and how far the search for an answer has come.
#pragma once

#include <optional>
#include <string>

#include "account/account.h"
#include "base/task.h"
#include "gateway/candidates.h"
#include "gateway/client_body.h"
#include "gateway/client_stream.h"
#include "gateway/exchange.h"
#include "gateway/relay.h"
#include "gateway/router.h"

namespace gateway {

// Whom a generation last asked; empty: nobody yet.
struct Asked {
  std::string_view provider;
  std::string account, model;
};

struct Generation {
  Exchange& exchange;
  const Route& route;
  ClientBody body{};
  protocol::Stamp stamp{};
  std::optional<ClientStream> client{};
  int attempts = 0;                            // upstream tries that are left
  bool cautious = false;                       // and no more than those, whoever else could serve
  bool quarantined = false;                    // this request is not sent to anybody else
  bool refreshed = false;                      // the account at hand has had its second chance
  bool moved = false;                          // the upstream has been given a fresh conversation
  std::optional<provider::Verdict> passing{};  // on another route of the account at hand: a fault that passes
  std::string way{};                           // Provider::way() of the attempt at hand
  bool flattened = false;                      // tool turns have become text
  bool stripped = false;                       // signatures were taken out: the body goes through the model
  bool lane = false;                           // the attempt at hand carries the client's body as it is
  bool fruitless = false;                      // an answer came to nothing
  // The client's own body, where it asked for its conversation made short: for an upstream that does so
  // itself. All others are asked for a summary by `body`.
  std::string_view compact{};
  bool compacting = false;  // the attempt at hand is for such an upstream
  std::string dropped{};    // what an upstream did not know of a body that we wrote, as Verdict::fields
  Asked asked{};
  Told told{};          // what the answer that was served said of itself
  bool served = false;  // the client got an answer
  chat::Error error{};  // the client's answer, should no attempt succeed

  const protocol::Protocol& surface() const { return *route.surface; }
};

enum class Outcome : uint8_t {
  served,        // the client has its answer
  again,         // worth another try with the same account
  rerouted,      // the same account again, by another way: not a try of its own
  next_account,  // this account cannot serve now
  give_up,       // Generation::error is the client's answer
};

// What an account's upstream is to be sent.
struct Draft {
  const protocol::Protocol* wire = nullptr;
  bool lane = false;  // the client's body goes as it is, and the answer comes back so
  protocol::Target target;
  std::string message;  // "POST url\nheaders\n\nbody"
};
// Makes `account` ready and drafts the message (attempts.cc). `again`: it can be sent; anything else is what
// follows from Generation::error.
base::Task<Outcome> draft(Generation& generation, const Candidate& candidate, account::AccountPtr account,
                          Draft& out);

// Asks the candidates in turn until one has served or the search has come to its end (chain.cc).
// `served_by`: the one that did.
base::Task<Outcome> try_candidates(Generation& generation, const std::vector<Candidate>* candidates,
                                   const Candidate*& served_by);
// Asks the accounts of one provider in turn (attempts.cc).
base::Task<Outcome> try_provider(Generation& generation, const Candidate& candidate);
// Asks one account, again where that may help.
base::Task<Outcome> try_account(Generation& generation, const Candidate& candidate,
                                account::AccountPtr account);
// The client's end, and what its answer will be stamped with (generate.cc).
void open_client(Generation& generation);

// Reads an upstream's failure, has the provider judge it, and does what the verdict says (verdicts.cc).
base::Task<Outcome> judge(Generation& generation, const Candidate& candidate, account::AccountPtr account,
                          uint32_t status, std::string headers);
// The same for a failure that has been read.
base::Task<Outcome> judge_body(Generation& generation, const Candidate& candidate,
                               account::AccountPtr account, uint32_t status, std::string headers,
                               std::string body);
// Says in Generation::error why no account of the provider was even asked (verdicts.cc).
void explain_absence(Generation& generation, const Candidate& candidate);

// May the client's body go to `wire` as it is, and the answer come back as it is?
bool same_lane(const Generation& generation, const provider::Provider& provider,
               const account::Account& account, const protocol::Protocol& wire);
// Will the upstream itself make the client's conversation short, if that is asked for?
bool can_compact(const Generation& generation, const provider::Provider& provider,
                 const account::Account& account, const protocol::Protocol& wire);
// What the writer and the decoder of `wire` must know of the candidate's model.
protocol::Target target_for(const Generation& generation, const Candidate& candidate,
                            const account::Account& account, const protocol::Protocol& wire);
// Appends the message for the upstream: the client's body edited, or the model written anew
// (upstream_message.cc).
std::optional<chat::Error> write_message(const Generation& generation, const Candidate& candidate,
                                         const account::Account& account, const protocol::Protocol& wire,
                                         const protocol::Target& target, bool lane, std::string& out);

}  // namespace gateway
