#include <algorithm>

#include "base/apart.h"
#include "chat/in_order.h"
#include "chat/request_tokens.h"
#include "gateway/answer_filter.h"
#include "gateway/relay.h"
#include "gateway/stop_filter.h"
#include "gateway/upstream_source.h"
#include "gateway/web_search.h"

namespace gateway {

namespace {

// Ends an answer that met a stop sequence before the upstream had said its last word, and so its counts.
// Returns them.
BASE_APART chat::Usage end_here(const Relay& relay, chat::Usage usage, StopFilter& stops) {
  if (usage.input == 0) usage.input = chat::estimate_input(relay.request, relay.target.model).total();
  usage.output = std::max(usage.output, usage.reasoning + stops.passed_tokens());
  usage.total = 0;
  usage.known = true;
  stops.usage(usage);
  stops.end();
  return usage;
}

// Hears one answer of the upstream to its end.
base::Task<> hear(Relay& relay, protocol::Encoder& encoder, const WebSearch& search, StopFilter& stops,
                  AnswerFilter& filter) {
  auto decoder = relay.wire.decoder();
  decoder->begin(relay.request, relay.target);
  UpstreamSource source(relay.wire.framing, *decoder, filter);
  // A stop sequence ends an answer before its stream does.
  bool all = !relay.request.stream && relay.wire.ends_with_stream && relay.request.stop.empty();
  while (!filter.over() && !stops.met()) {
    host::Completion chunk = co_await read_patiently(relay.exchange, &relay.client, all);
    switch (chunk.status) {
      case host::kChunk: source.chunk(chunk.data); break;
      case host::kNothingYet: filter.fail(upstream_silent()); break;
      default: source.close(chunk.status == host::kBroken);
    }
    relay.told.tokens = search.total();
    if (relay.request.stream && filter.started()) {
      relay.client.write(encoder.out());
      encoder.out().clear();
      relay.client.keep_alive_with(encoder.keepalive());
    }
  }
}

}  // namespace

base::Task<std::optional<chat::Error>> translate(Relay relay) {
  auto encoder = relay.request.stream ? relay.surface.stream_encoder(relay.stamp)
                                      : relay.surface.whole_encoder(relay.stamp);
  chat::InOrder in_order(*encoder);
  chat::Sink& to = relay.surface.sequential ? static_cast<chat::Sink&>(in_order) : *encoder;
  bool keeps_ids_only = relay.surface.origin == protocol::Origin::openai_chat;
  StopFilter stops(relay.request, to);
  WebSearch search(relay.target.search_tool, stops);
  AnswerFilter filter(relay.request, relay.stamp.id, relay.target.home, keeps_ids_only, search);
  do {
    if (search.pending()) {
      filter.go_on();
      if (auto problem = co_await search.go_on(relay)) {
        filter.fail(*problem);
        break;
      }
    }
    co_await hear(relay, *encoder, search, stops, filter);
  } while (search.pending() && !stops.met());
  host::close(relay.exchange.id);
  if (stops.met()) {
    if (!stops.ended()) relay.told.tokens = end_here(relay, search.total(), stops);
  } else if (filter.early_failure()) {
    co_return filter.early_failure();
  }
  relay.told.broken = filter.broke();
  if (relay.request.stream) {
    relay.client.write(encoder->out());
    relay.client.finish();
  } else {
    relay.client.whole(encoder->status(), encoder->content_type(), encoder->out());
  }
  co_return std::nullopt;
}

}  // namespace gateway
