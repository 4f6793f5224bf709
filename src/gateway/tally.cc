#include "gateway/tally.h"

#include "account/limits.h"
#include "chat/request_tokens.h"
#include "gateway/calibration.h"
#include "gateway/usage.h"
#include "host/host.h"

namespace gateway {

Tally::Tally(const Generation& generation) : generation_(generation), began_ms_(host::now_ms()) {}

namespace {
// What the upstream said. Of an answer that nobody waited for it may not have said anything yet, and OpenAI's
// streams say nothing to a client that did not ask: then the input is counted by ourselves.
chat::Usage tokens_of(const Generation& of, bool cancelled) {
  chat::Usage tokens = of.told.tokens;
  bool began = of.client && of.client->begun_ms();
  bool answered = began && (cancelled || of.served);
  if (!answered || tokens.input || of.body.refused) return tokens;
  chat::InputTokens own = chat::estimate_input(of.body.request, of.asked.model);
  tokens.input = calibrated(of.asked.model, own.text) + own.media;
  return tokens;
}
}  // namespace

Tally::~Tally() {
  const Generation& of = generation_;
  const chat::Usage tokens = tokens_of(of, !closed_);
  int64_t begun_ms = of.client ? of.client->begun_ms() : 0;
  Counts counts;
  counts[Count::requests] = 1;
  counts[Count::cancelled] = !closed_;
  counts[Count::failures] = closed_ && (!of.served || of.told.broken);
  if (begun_ms && (of.served || !closed_)) {
    counts[Count::begun] = 1;
    counts[Count::first_byte_ms] = begun_ms - began_ms_;
  }
  counts[Count::input] = tokens.input;
  counts[Count::cached] = tokens.cached;
  counts[Count::output] = tokens.output;
  counts[Count::reasoning] = tokens.reasoning;
  counts[Count::latency_ms] = host::now_ms() - began_ms_;
  const account::ClientKeyPtr& key = of.exchange.key;
  count_usage(key ? std::string_view(key->id) : "", of.asked.account, of.asked.provider, of.asked.model,
              counts);
  if (key) account::note_spent(*key, tokens.input + tokens.output);
}

}  // namespace gateway
