#include "config/settings.h"
#include "gateway/relay.h"
#include "gateway/respond.h"
#include "http/sse.h"
#include "json/document.h"

namespace gateway {

namespace {

chat::Error broken_answer(std::string_view message, std::string_view code) {
  chat::Error error;
  error.fault = chat::Fault::upstream;
  error.message = message;
  error.code = code;
  error.retry = true;
  return error;
}

// Watches a stream go by: where an event ends, and whether the last word was said.
class Ending {
 public:
  void see(std::string_view bytes) {
    tail_ += bytes.size() > kTail ? bytes.substr(bytes.size() - kTail) : bytes;
    if (tail_.size() > kTail) tail_.erase(0, tail_.size() - kTail);
  }
  bool complete() const { return tail_.find("[DONE]") != tail_.npos; }
  bool between_events() const {
    return tail_.empty() || tail_.ends_with("\n\n") || tail_.ends_with("\r\n\r\n");
  }

 private:
  static constexpr size_t kTail = 32;
  std::string tail_;
};

// No error is longer; an event that is goes on its way in pieces.
constexpr size_t kLongestOpening = 16 << 10;

// How a stream begins: is its first event here as a whole, and does it hold an error, inside a 200?
struct Opening {
  bool whole = false;
  std::optional<chat::Error> error;
};
Opening look_at(std::string_view bytes) {
  http::SseDecoder events(config::settings().max_event);
  events.feed(bytes);
  json::Document document;
  auto step = events.next();
  if (step != http::SseDecoder::Step::event) return {step == http::SseDecoder::Step::too_large, {}};
  if (document.parse(events.data()) != json::Error::none) return {true, {}};
  json::Value error = document.root()["error"];
  if (!error.has_value()) return {true, {}};
  return {true, broken_answer("The upstream answered with an error: " +
                                  (error["message"].is_string() ? error["message"].str()
                                                                : std::string(error.raw().substr(0, 300))),
                              "upstream_error")};
}

base::Task<std::optional<chat::Error>> pass_stream(Relay relay) {
  Ending ending;
  // Held back until the first event is whole: an error in it can still fail over.
  std::string opening;
  bool first = true;
  host::Completion chunk;
  while (true) {
    // A keepalive would tear an event that is only half here.
    chunk = co_await read_patiently(relay.exchange, ending.between_events() ? &relay.client : nullptr);
    if (chunk.status != host::kChunk) break;
    std::string_view bytes = chunk.data;
    if (first) {
      opening += bytes;
      Opening seen = look_at(opening);
      if (seen.error) co_return seen.error;
      if (!seen.whole && opening.size() < kLongestOpening) continue;
      bytes = opening;
    }
    first = false;
    ending.see(bytes);
    relay.client.write(bytes);
  }
  host::close(relay.exchange.id);
  if (first) co_return broken_answer("The upstream closed its stream without an answer.", "upstream_empty");
  if (!ending.complete()) {
    auto encoder = relay.surface.stream_encoder(relay.stamp);
    if (!ending.between_events()) relay.client.write("\n\n");
    encoder->fail(
        broken_answer("The upstream's stream ended before the answer was complete.", "upstream_incomplete"));
    relay.client.write(encoder->out());
  }
  relay.client.finish();
  co_return std::nullopt;
}

base::Task<std::optional<chat::Error>> pass_whole(Relay relay) {
  std::string body;
  while (true) {
    host::Completion chunk = co_await read_patiently(relay.exchange, nullptr);
    if (chunk.status == host::kEnd) break;
    if (chunk.status != host::kChunk) {
      co_return broken_answer("The connection to the upstream broke before the answer was complete.",
                              "upstream_incomplete");
    }
    body += chunk.data;
    if (body.size() > config::settings().max_event) {
      co_return broken_answer("The upstream's answer is larger than MAX_EVENT_BYTES.",
                              "upstream_event_too_large");
    }
  }
  json::Document document;
  if (document.parse(body) != json::Error::none || !document.root().is_object()) {
    co_return broken_answer("The upstream's answer is not a JSON object.", "upstream_invalid_json");
  }
  answer_json(relay.exchange, body);
  co_return std::nullopt;
}

}  // namespace

base::Task<std::optional<chat::Error>> pass_through(Relay relay) {
  bool stream = relay.content_type.find("text/event-stream") != std::string::npos;
  // An endpoint that answers a stream request with one document, or the reverse, is understood all the same.
  if (stream != relay.request.stream) co_return co_await translate(relay);
  if (stream) co_return co_await pass_stream(relay);
  co_return co_await pass_whole(relay);
}

}  // namespace gateway
