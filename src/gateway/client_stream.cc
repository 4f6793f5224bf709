#include "gateway/client_stream.h"

#include <algorithm>
#include <utility>

#include "config/settings.h"
#include "gateway/respond.h"

namespace gateway {

void ClientStream::write(std::string_view bytes) {
  if (bytes.empty()) return;
  if (!begun_ms_) begun_ms_ = host::now_ms();
  send(bytes);
}

void ClientStream::send(std::string_view bytes) {
  if (!exchange_.responded) begin_stream(exchange_, content_type_);
  host::write(exchange_.id, bytes);
  if (held_) held_->see(bytes);
}

void ClientStream::whole(int status, std::string_view content_type, std::string& body) {
  if (!begun_ms_) begun_ms_ = host::now_ms();
  if (held_) return held_->take(status, content_type, std::move(body));
  answer_in_place(exchange_, status, content_type, body);
}

void ClientStream::release() {
  HeldAnswer* held = std::exchange(held_, nullptr);
  if (held && held->stream_ended()) finish();
  if (held && held->status()) whole(held->status(), held->content_type(), held->body());
}

void ClientStream::finish() {
  if (held_) return held_->end_stream();
  if (!exchange_.responded) begin_stream(exchange_, content_type_);
  host::finish(exchange_.id);
}

namespace {
uint32_t patience() { return std::min(config::settings().keepalive_ms, config::settings().idle_ms); }
}  // namespace

base::Task<host::Completion> fetch_patiently(Exchange& exchange, std::string& message, ClientStream* client) {
  const uint32_t step = patience();
  host::Completion head = co_await host::fetch(exchange.id, message, step);
  for (uint32_t waited = step; head.status == host::kNothingYet && waited < config::settings().idle_ms;
       waited += step) {
    if (client) client->keep_alive();
    head = co_await host::head(exchange.id, step);
  }
  co_return head;
}

base::Task<host::Completion> read_patiently(Exchange& exchange, ClientStream* client, bool all) {
  const uint32_t step = patience(), longest = config::settings().idle_ms * (all ? 2 : 1);
  host::Completion chunk = co_await host::read(exchange.id, step, all);
  for (uint32_t waited = step; chunk.status == host::kNothingYet && waited < longest; waited += step) {
    if (client) client->keep_alive();
    chunk = co_await host::read(exchange.id, step, all);
  }
  co_return chunk;
}

base::Task<std::string> read_failure(Exchange& exchange, uint32_t status, ClientStream* client) {
  constexpr size_t kMost = 64 << 10;
  std::string body;
  while (status != host::kNetwork && body.size() < kMost) {
    host::Completion chunk = co_await read_patiently(exchange, client);
    if (chunk.status != host::kChunk) break;
    body += chunk.data;
  }
  co_return body;
}

}  // namespace gateway
