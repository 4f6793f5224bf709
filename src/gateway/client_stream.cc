#include "gateway/client_stream.h"

#include <algorithm>

#include "config/settings.h"
#include "gateway/respond.h"

namespace gateway {

void ClientStream::write(std::string_view bytes) {
  if (bytes.empty()) return;
  if (!exchange_.responded) begin_stream(exchange_, content_type_);
  host::write(exchange_.id, bytes);
}

void ClientStream::finish() {
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

base::Task<host::Completion> read_patiently(Exchange& exchange, ClientStream* client) {
  const uint32_t step = patience();
  host::Completion chunk = co_await host::read(exchange.id, step);
  for (uint32_t waited = step; chunk.status == host::kNothingYet && waited < config::settings().idle_ms;
       waited += step) {
    if (client) client->keep_alive();
    chunk = co_await host::read(exchange.id, step);
  }
  co_return chunk;
}

}  // namespace gateway
