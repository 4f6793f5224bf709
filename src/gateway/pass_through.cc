// Within one protocol: the upstream's bytes are the client's.
#include <algorithm>

#include "config/settings.h"
#include "gateway/opening.h"
#include "gateway/reframe.h"
#include "gateway/relay.h"
#include "gateway/respond.h"
#include "gateway/stream_watch.h"
#include "gateway/upstream_source.h"
#include "gateway/usage_tail.h"
#include "host/host.h"
#include "json/document.h"

namespace gateway {

namespace {

using Failure = std::optional<chat::Error>;

// How long an upstream may keep a stream open after its last word.
constexpr uint32_t kGoodbyeMs = 1000;

chat::Error broken_answer(std::string_view message, std::string_view code) {
  return chat::upstream_error(chat::Fault::upstream, message, code);
}
chat::Error too_large() {
  return broken_answer("The upstream's answer is larger than MAX_EVENT_BYTES.", "upstream_event_too_large");
}
chat::Error incomplete() {
  return broken_answer("The upstream's stream ended before the answer was complete.", "upstream_incomplete");
}

// The id of the response that a Responses stream begins; of any other stream nothing.
std::string response_begun(std::string_view beginning) {
  http::SseDecoder events(config::settings().max_event);
  json::Document document;
  events.feed(beginning);
  while (events.next() == http::SseDecoder::Step::event) {
    if (document.parse(events.data()) != json::Error::none) continue;
    if (json::Value id = document.root()["response"]["id"]; id.is_string()) return std::string(id.inner());
  }
  return {};
}

// The stream on its way to the client: as it is, or in other frames.
class Passage {
 public:
  // `beginning`: what came before the answer itself. It must outlive this.
  Passage(const Relay& relay, std::string_view beginning)
      : relay_(relay),
        beginning_(beginning),
        watch_(relay.wire.last_words),
        frames_(relay.envelope, relay.stamp.array, relay.fills) {}

  // May a keepalive be sent now? It would tear an event that is only half here.
  ClientStream* idle() const { return reframed() || watch_.between_events() ? &relay_.client : nullptr; }
  bool over() const { return watch_.over(); }

  // False: an event is too large.
  bool pass(std::string_view bytes) {
    watch_.see(bytes);
    if (!reframed()) {
      relay_.client.write(bytes);
      return true;
    }
    std::string out;
    bool fits = frames_.feed(bytes, out);
    relay_.client.write(out);
    return fits;
  }

  void finish(const Failure& failure) {
    std::string out;
    bool lacks_done = relay_.surface.origin == protocol::Origin::openai_chat && !failure && !reframed() &&
                      !watch_.complete(true) && says_why_finished(watch_.tail());
    if (lacks_done) {
      out = watch_.between_events() ? "data: [DONE]\n\n" : "\n\ndata: [DONE]\n\n";
    } else if (failure || !watch_.complete(true)) {
      relay_.told.broken = true;
      fail(failure ? *failure : incomplete(), out);
    } else if (reframed()) {
      frames_.close(out);
    } else if (!watch_.between_events()) {
      out = "\n\n";  // the last event's own blank line is missing
    }
    relay_.client.write(out);
    relay_.client.finish();
    take_counts();
  }

 private:
  // Anthropic tells the input at the beginning and the output at the end; OpenAI neither, unless the client
  // asks.
  void take_counts() {
    chat::Usage& told = relay_.told.tokens;
    chat::Usage last = usage_in(watch_.tail());
    if (!last.input) {
      last.input = told.input;
      last.cached = told.cached;
      last.known = told.known;
    }
    last.output = std::max(last.output, told.output);
    if (!last.known && !last.output) last.output = watch_.events();
    told = last;
  }

  bool reframed() const { return !relay_.envelope.empty() || relay_.stamp.array || relay_.fills; }

  // Events are numbered from 0. The tail does not say how an event began that is longer. One without its end
  // has gone to the client if frames pass as they come.
  int64_t sequence() const {
    bool torn = !watch_.between_events(), kept_back = torn && reframed();
    int64_t next = kept_back ? 0 : next_sequence(watch_.tail());
    return next ? next : watch_.events() + (torn && !kept_back);
  }

  void fail(const chat::Error& error, std::string& out) {
    if (relay_.stamp.array) {
      std::string body;
      relay_.surface.error(error, relay_.exchange.request_id, body);
      return frames_.fail(body, out);
    }
    protocol::Stamp stamp = relay_.stamp;
    stamp.begun = response_begun(beginning_);
    stamp.sequence = sequence();
    auto encoder = relay_.surface.stream_encoder(std::move(stamp));
    encoder->fail(error);
    if (!reframed() && !watch_.between_events()) out = "\n\n";
    out += encoder->out();
  }

  const Relay& relay_;
  std::string_view beginning_;
  StreamWatch watch_;
  Reframe frames_;
};

// Reads until the answer has begun; what came is held by `opening`.
base::Task<Failure> open(const Relay& relay, Opening& opening) {
  while (true) {
    host::Completion chunk = co_await read_patiently(relay.exchange, &relay.client);
    if (chunk.status == host::kNothingYet) co_return upstream_silent();
    if (chunk.status == host::kChunk && !opening.feed(chunk.data)) continue;
    if (chunk.status != host::kChunk) opening.close(chunk.status == host::kBroken);
    co_return opening.error();
  }
}

base::Task<Failure> pass_stream(Relay relay) {
  Opening opening(relay.wire);
  if (auto failure = co_await open(relay, opening)) co_return failure;
  Passage passage(relay, opening.held());
  Failure failure;
  relay.told.tokens = opening.tokens();
  if (!passage.pass(opening.held())) failure = too_large();
  while (!failure) {
    host::Completion chunk;
    if (passage.over()) {
      chunk = co_await host::read(relay.exchange.id, kGoodbyeMs);
      if (chunk.status != host::kChunk) break;
    } else {
      chunk = co_await read_patiently(relay.exchange, passage.idle());
    }
    if (chunk.status == host::kNothingYet) failure = upstream_silent();
    if (chunk.status != host::kChunk) break;
    if (!passage.pass(chunk.data)) failure = too_large();
  }
  host::close(relay.exchange.id);
  passage.finish(failure);
  co_return std::nullopt;
}

base::Task<Failure> read_whole(const Relay& relay, std::string& body) {
  while (true) {
    host::Completion chunk = co_await read_patiently(relay.exchange, nullptr);
    if (chunk.status == host::kEnd) co_return std::nullopt;
    if (chunk.status == host::kNothingYet) co_return upstream_silent();
    if (chunk.status != host::kChunk) {
      co_return broken_answer("The connection to the upstream broke before the answer was complete.",
                              "upstream_incomplete");
    }
    body += chunk.data;
    if (body.size() > config::settings().max_event) co_return too_large();
  }
}

Failure not_an_object() {
  return broken_answer("The upstream's answer is not a JSON object.", "upstream_invalid_json");
}

base::Task<Failure> pass_whole(Relay relay) {
  std::string body;
  if (auto failure = co_await read_whole(relay, body)) co_return failure;
  json::Document document;
  std::string_view answer = unwrapped(relay.envelope, body, document);
  json::Document own;
  if (own.parse(answer) != json::Error::none || !own.root().is_object()) co_return not_an_object();
  Opening opening(relay.wire);
  opening.whole(answer);
  if (opening.error()) co_return opening.error();
  relay.told.tokens = opening.tokens();
  if (answer.size() != body.size()) body = std::string(answer);
  relay.client.whole(200, "application/json", body);
  co_return std::nullopt;
}

}  // namespace

base::Task<Failure> pass_compaction(Relay relay) {
  std::string body;
  if (auto failure = co_await read_whole(relay, body)) co_return failure;
  json::Document document;
  if (document.parse(body) != json::Error::none || !document.root()["output"].is_array())
    co_return not_an_object();
  relay.client.whole(200, "application/json", body);
  co_return std::nullopt;
}

base::Task<Failure> pass_through(Relay relay) {
  bool stream = relay.content_type.find("text/event-stream") != std::string::npos;
  // An endpoint that answers a stream request with one document, or the reverse, is understood all the same.
  if (stream != relay.request.stream) co_return co_await translate(relay);
  if (stream) co_return co_await pass_stream(relay);
  co_return co_await pass_whole(relay);
}

}  // namespace gateway
