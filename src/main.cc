// The exports: where the host enters the core. docs/abi.md specifies each.
#include <cstdlib>
#include <utility>

#include "config/settings.h"
#include "gateway/exchange.h"
#include "gateway/serve.h"
#include "gateway/usage.h"
#include "host/host.h"

namespace {

// An exchange that has come to its end is destroyed here, outside its own coroutine. So is one that went on
// without its client, once nothing holds it any more.
void sweep(gateway::Exchange* exchange) {
  bool abandoned = exchange->left && !host::Hold::of(exchange->id);
  if (!exchange->root.done() && !abandoned) return;
  if (exchange->left) host::finish(exchange->id);
  gateway::close_exchange(exchange->id);
}

}  // namespace

ISTHMUS_EXPORT(abi_version) uint32_t abi_version() { return host::kAbiVersion; }

ISTHMUS_EXPORT(open) char* open_exchange(uint32_t req, uint32_t size) {
  gateway::Exchange* exchange = gateway::open_exchange(req, size);
  return exchange ? exchange->message.get() : nullptr;
}

ISTHMUS_EXPORT(start) void start_exchange(uint32_t req) {
  gateway::Exchange* exchange = gateway::find_exchange(req);
  if (!exchange) return;
  exchange->root = gateway::serve(*exchange);
  sweep(exchange);
}

ISTHMUS_EXPORT(input) char* input_buffer(uint32_t req, uint32_t size) {
  gateway::Exchange* exchange = gateway::find_exchange(req);
  if (!exchange) return nullptr;
  if (exchange->input.size() < size) exchange->input.resize(size);
  return exchange->input.data();
}

ISTHMUS_EXPORT(resume) void resume_exchange(uint32_t req, uint32_t op, uint32_t status, uint32_t size) {
  gateway::Exchange* exchange = gateway::find_exchange(req);
  if (!exchange) return;
  host::Operation::complete(op, {status, {exchange->input.data(), size}});
  exchange = gateway::find_exchange(req);  // the operation may have been its last
  if (exchange) sweep(exchange);
}

ISTHMUS_EXPORT(cancel) uint32_t cancel_exchange(uint32_t req) {
  gateway::Exchange* exchange = gateway::find_exchange(req);
  if (!exchange) return false;
  if (!std::exchange(exchange->left, true)) {
    if (host::Hold* hold = host::Hold::of(req)) return hold->leave(), true;
    exchange->root = {};  // all that it was doing is given up, and counted
    host::close(req);
    exchange->root = gateway::close_books(req);
    if (!exchange->root.done()) return true;
  }
  gateway::close_exchange(req);
  return false;
}

ISTHMUS_EXPORT(live) uint32_t live_exchanges() { return uint32_t(gateway::live_exchanges()); }

ISTHMUS_EXPORT(max_body) uint32_t max_body() { return uint32_t(config::settings().max_body); }

#ifdef __wasm__
ISTHMUS_EXPORT(memory_size) uint32_t memory_size() { return uint32_t(__builtin_wasm_memory_size(0) << 16); }
#endif
