// One client request in flight: its bytes, its arena, its coroutine. Also every exchange of this instance, by
// number.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "account/client_key.h"
#include "base/arena.h"
#include "base/task.h"
#include "http/head.h"

namespace gateway {

struct Exchange {
  explicit Exchange(uint32_t id, size_t size);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  const uint32_t id;
  const size_t size;                // of the message
  std::unique_ptr<char[]> message;  // start line, headers, blank line, body
  http::Request request;            // views into the message
  base::Arena arena;
  std::string request_id;     // "req_" and 32 hex digits; sent back as x-request-id
  account::ClientKeyPtr key;  // the client's, once it has been let in; null where none is asked for
  bool responded = false;     // the client has a status line
  bool array = false;         // it wants one JSON array, errors included (Route::array)
  // The client has its answer or has gone, and the exchange only goes on while a host::Hold keeps it.
  bool left = false;

  std::string input;  // bytes of the completion being delivered
  base::Task<> root;  // last: destroyed first, while everything above still stands
};

// Null if the exchange is not there (any more).
Exchange* find_exchange(uint32_t id);
// A new exchange whose message of `size` bytes the caller fills; null when this instance is full.
Exchange* open_exchange(uint32_t id, size_t size);
void close_exchange(uint32_t id);
size_t live_exchanges();
// Those whose clients wait for something.
size_t waiting_exchanges();

}  // namespace gateway
