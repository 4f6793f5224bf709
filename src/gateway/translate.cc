#include "base/text.h"
#include "chat/in_order.h"
#include "config/settings.h"
#include "gateway/answer_filter.h"
#include "gateway/relay.h"
#include "gateway/respond.h"
#include "http/sse.h"

namespace gateway {

namespace {

chat::Error upstream_error(chat::Fault fault, std::string_view message, std::string_view code) {
  chat::Error error;
  error.fault = fault;
  error.message = message;
  error.code = code;
  error.retry = true;
  return error;
}

chat::Error silent() {
  return upstream_error(chat::Fault::timeout, "The upstream was silent for too long and was given up.",
                        "upstream_timeout");
}
chat::Error too_large() {
  return upstream_error(chat::Fault::upstream, "The upstream sent an event larger than MAX_EVENT_BYTES.",
                        "upstream_event_too_large");
}

// The upstream's bytes as events for a decoder: server-sent events, or one JSON document.
class Source {
 public:
  Source(bool is_json, protocol::Decoder& decoder, AnswerFilter& filter)
      : events_(config::settings().max_event), is_json_(is_json), decoder_(decoder), filter_(filter) {}

  void chunk(std::string_view bytes) {
    if (!is_json_) {
      events_.feed(bytes);
      return drain();
    }
    if (whole_.size() + bytes.size() > config::settings().max_event) return filter_.fail(too_large());
    whole_ += bytes;
  }

  void close(bool broken) {
    if (is_json_) {
      if (!broken) decoder_.event({}, whole_, filter_);
    } else {
      // A broken stream may end inside an event: half an event says nothing.
      if (!broken) events_.close();
      drain();
    }
    if (!filter_.over()) decoder_.close(broken, filter_);
  }

 private:
  void drain() {
    using Step = http::SseDecoder::Step;
    while (!filter_.over()) {
      Step step = events_.next();
      if (step == Step::more) return;
      if (step == Step::too_large) return filter_.fail(too_large());
      if (!decoder_.event(events_.name(), events_.data(), filter_)) {
        if (!filter_.over()) decoder_.close(false, filter_);
        return;
      }
    }
  }

  http::SseDecoder events_;
  bool is_json_;
  std::string whole_;
  protocol::Decoder& decoder_;
  AnswerFilter& filter_;
};

}  // namespace

base::Task<std::optional<chat::Error>> translate(Relay relay) {
  auto encoder = relay.request.stream ? relay.surface.stream_encoder(relay.stamp)
                                      : relay.surface.whole_encoder(relay.stamp);
  auto decoder = relay.wire.decoder();
  chat::InOrder in_order(*encoder);
  chat::Sink& to = relay.surface.sequential ? static_cast<chat::Sink&>(in_order) : *encoder;
  bool keeps_ids_only = relay.surface.origin == protocol::Origin::openai_chat;
  AnswerFilter filter(relay.request, relay.stamp.id, relay.home, keeps_ids_only, to);
  Source source(relay.content_type.find("json") != std::string::npos, *decoder, filter);
  while (!filter.over()) {
    host::Completion chunk = co_await read_patiently(relay.exchange, &relay.client);
    switch (chunk.status) {
      case host::kChunk: source.chunk(chunk.data); break;
      case host::kNothingYet: filter.fail(silent()); break;
      default: source.close(chunk.status == host::kBroken);
    }
    if (relay.request.stream && filter.started()) {
      relay.client.write(encoder->out());
      encoder->out().clear();
      relay.client.keep_alive_with(encoder->keepalive());
    }
  }
  host::close(relay.exchange.id);
  if (filter.early_failure()) co_return filter.early_failure();
  relay.tokens = filter.tokens();
  if (relay.request.stream) {
    relay.client.write(encoder->out());
    relay.client.finish();
  } else {
    relay.client.whole(encoder->status(), encoder->content_type(), encoder->out());
  }
  co_return std::nullopt;
}

}  // namespace gateway
