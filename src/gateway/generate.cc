#include "gateway/generate.h"

#include "base/apart.h"
#include "chat/request_tokens.h"
#include "config/settings.h"
#include "gateway/calibration.h"
#include "gateway/catalog.h"
#include "gateway/context_overflow.h"
#include "gateway/conversation.h"
#include "gateway/generation.h"
#include "gateway/item_references.h"
#include "gateway/respond.h"
#include "gateway/responses_store.h"
#include "gateway/tally.h"
#include "host/host.h"
#include "json/escape.h"

namespace gateway {

namespace {

// The head may be with the client already, for the sake of keepalives.
BASE_APART void deliver_error(Generation& generation) {
  say_overflow(generation.error, generation.surface().origin, 0);
  if (!generation.exchange.responded) {
    return answer_error(generation.exchange, generation.surface(), generation.error);
  }
  auto encoder = generation.surface().stream_encoder(generation.stamp);
  encoder->fail(generation.error);
  generation.client->write(encoder->out());
  generation.client->finish();
}

// Our own counting of tokens learns from the upstream's.
void take_lesson(const Generation& generation, const std::string& model) {
  const chat::Usage& tokens = generation.told.tokens;
  bool asked_more = generation.body.request.web_search;  // perhaps more than once
  if (!tokens.known || asked_more || generation.body.refused || !wants_lesson(model, tokens.input)) return;
  chat::InputTokens own = chat::estimate_input(generation.body.request, model);
  if (own.media == 0) learn(model, own.text, tokens.input);
}

BASE_APART chat::Error not_allowed(const std::string& model) {
  chat::Error error;
  error.fault = chat::Fault::forbidden;
  error.code = "model_not_allowed";
  error.param = "model";
  error.message = "This API key may not use '" + model +
                  "'. GET /v1/models lists what it may use; the owner of this gateway can allow more.";
  return error;
}

// Leaves the candidates that the client's key may use; without any left the client is told so.
std::optional<chat::Error> keep_allowed(const Exchange& exchange, const std::string& model,
                                        std::vector<Candidate>& candidates) {
  if (!exchange.key) return std::nullopt;
  std::erase_if(candidates, [&](const Candidate& candidate) {
    return !exchange.key->allows(candidate.provider->id(), candidate.model.id);
  });
  if (!candidates.empty()) return std::nullopt;
  return not_allowed(model);
}

// Reads the body and finds who may serve it. False: the client has been told what is wrong.
base::Task<bool> prepare(Generation& generation, std::vector<Candidate>& candidates) {
  Exchange& exchange = generation.exchange;
  const Route& route = generation.route;
  auto problem = read_body(exchange, route, generation.body);
  if (generation.body.request.refers) problem = co_await read_resolved(exchange, route, generation.body);
  if (!problem) problem = co_await load_catalog(exchange.id);
  std::string model = json::unescaped(generation.body.request.model);
  if (!problem) problem = find_candidates(model, route.provider, candidates);
  if (!problem) problem = keep_allowed(exchange, model, candidates);
  if (problem) answer_error(exchange, *route.surface, *problem);
  co_return !problem;
}

// Looks for an answer until one is served or nothing is left to try. `held`, if not null, gets it.
base::Task<> search(Generation& generation, const std::vector<Candidate>* candidates, HeldAnswer* held) {
  open_client(generation);
  // Only these clients go on from an answer by its id.
  if (generation.surface().origin == protocol::Origin::openai_responses)
    remember_answer(generation.stamp.id, generation.body.session);
  if (held) generation.client->hold(*held);
  const Candidate* served_by = nullptr;
  Outcome outcome = co_await try_candidates(generation, candidates, served_by);
  if (served_by) take_lesson(generation, served_by->model.id);
  generation.served = outcome == Outcome::served;
  if (!generation.served) deliver_error(generation);
}

base::Task<> run(Generation& generation, HeldAnswer* held) {
  std::vector<Candidate> candidates;
  if (co_await prepare(generation, candidates)) co_await search(generation, &candidates, held);
}

// A Responses client's: it may go on from earlier answers, and from this one.
BASE_APART base::Task<> generate_stored(Generation& generation) {
  Exchange& exchange = generation.exchange;
  auto problem = co_await continue_stored(exchange, generation.stamp.previous);
  if (problem) co_return answer_error(exchange, generation.surface(), *problem);
  std::vector<Candidate> candidates;
  if (!co_await prepare(generation, candidates)) co_return;
  if (generation.body.root()["store"].is_false()) co_return co_await search(generation, &candidates, nullptr);
  HeldAnswer held;
  generation.stamp.stored = config::settings().store_responses > 0;
  co_await search(generation, &candidates, &held);
  if (!held.response().empty()) {
    if (generation.stamp.stored) co_await store_response(exchange, held.response());
    remember_items(exchange, held.response());
  }
  generation.client->release();
}

}  // namespace

void open_client(Generation& generation) {
  const ClientBody& body = generation.body;
  protocol::Stamp& stamp = generation.stamp;
  stamp.id = generation.exchange.request_id.substr(4, 24);
  stamp.model = body.request.model;
  stamp.created = host::now_ms() / 1000;
  stamp.include_usage = body.request.include_usage;
  stamp.array = generation.route.array;
  stamp.request = &body.request;
  stamp.body = body.root();
  auto encoder = generation.surface().stream_encoder(stamp);
  generation.client.emplace(generation.exchange, body.request.stream, encoder->content_type(),
                            encoder->keepalive());
  generation.attempts = config::settings().attempts;
  generation.error.fault = chat::Fault::overloaded;
  generation.error.message = "No account could serve this request.";
}

base::Task<> generate(Exchange& exchange, const Route& route) {
  Generation generation{exchange, route};
  Tally tally(generation);
  if (route.surface->origin == protocol::Origin::openai_responses) {
    co_await generate_stored(generation);
  } else {
    co_await run(generation, nullptr);
  }
  tally.close();
}

base::Task<> generate_held(Exchange& exchange, const Route& route, HeldAnswer& held, std::string compact) {
  Generation generation{exchange, route};
  generation.compact = compact;
  Tally tally(generation);
  co_await run(generation, &held);
  tally.close();
}

}  // namespace gateway
