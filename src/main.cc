// The exports: where the host enters the core. docs/abi.md specifies each.
#include <cstdlib>

#include "config/settings.h"
#include "gateway/exchange.h"
#include "gateway/serve.h"
#include "host/host.h"

namespace {

// An exchange that has come to its end is destroyed here, outside its own coroutine. So is one whose client
// left while it had something to bring to an end.
void sweep(gateway::Exchange* exchange) {
  bool done = exchange->root.done();
  bool abandoned = exchange->left && !host::Hold::of(exchange->id);
  if (!done && abandoned) host::finish(exchange->id);
  if (done || abandoned) gateway::close_exchange(exchange->id);
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
  host::Hold* hold = host::Hold::of(req);
  if (exchange && hold && !exchange->left) {
    hold->leave();
    return exchange->left = true;
  }
  gateway::close_exchange(req);
  return false;
}

ISTHMUS_EXPORT(live) uint32_t live_exchanges() { return uint32_t(gateway::live_exchanges()); }

ISTHMUS_EXPORT(max_body) uint32_t max_body() { return uint32_t(config::settings().max_body); }

#ifdef __wasm__
ISTHMUS_EXPORT(memory_size) uint32_t memory_size() { return uint32_t(__builtin_wasm_memory_size(0) << 16); }
#endif
