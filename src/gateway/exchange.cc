#include "gateway/exchange.h"

#include <unordered_map>

#include "base/text.h"
#include "config/settings.h"
#include "host/host.h"

namespace gateway {

namespace {
std::unordered_map<uint32_t, std::unique_ptr<Exchange>>& table() {
  static std::unordered_map<uint32_t, std::unique_ptr<Exchange>> exchanges;
  return exchanges;
}
size_t live_bytes = 0;
}  // namespace

Exchange::Exchange(uint32_t exchange_id, size_t message_size)
    : id(exchange_id),
      size(message_size),
      message(new char[message_size]),
      request_id("req_" + base::hex(host::random(16))) {
  live_bytes += size;
}

Exchange::~Exchange() { live_bytes -= size; }

Exchange* find_exchange(uint32_t id) {
  auto found = table().find(id);
  return found == table().end() ? nullptr : found->second.get();
}

Exchange* open_exchange(uint32_t id, size_t size) {
  if (live_bytes + size > config::settings().max_live) return nullptr;
  auto& place = table()[id];
  place = std::make_unique<Exchange>(id, size);
  return place.get();
}

void close_exchange(uint32_t id) {
  auto found = table().find(id);
  if (found == table().end()) return;
  // Out of the table first: the destructor may wake others, who must not find it.
  std::unique_ptr<Exchange> dying = std::move(found->second);
  table().erase(found);
}

size_t live_exchanges() { return table().size(); }

size_t waiting_exchanges() {
  size_t waiting = 0;
  for (const auto& [_, exchange] : table()) waiting += !exchange->left;
  return waiting;
}

}  // namespace gateway
