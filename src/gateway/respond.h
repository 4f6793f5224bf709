// The client's response: heads, CORS, errors in the surface's shape.
#pragma once

#include <string>
#include <string_view>

#include "base/apart.h"
#include "chat/error.h"
#include "gateway/exchange.h"
#include "protocol/protocol.h"

namespace gateway {

// A whole answer. `headers`: further lines "name: value\n".
void answer(Exchange& exchange, int status, std::string_view content_type, std::string_view body,
            std::string_view headers = {});
// The same for an answer that may be as large as memory allows: the head goes in front of `body` in its own
// memory, which should have room for it.
void answer_in_place(Exchange& exchange, int status, std::string_view content_type, std::string& body);
void answer_json(Exchange& exchange, std::string_view body);
// An error in the shape of `surface`, with the headers that steer the official SDKs' retries, and `more`.
void answer_error(Exchange& exchange, const protocol::Protocol& surface, const chat::Error& error,
                  std::string_view more = {});

// The head of a streamed answer. host::write and host::finish follow.
void begin_stream(Exchange& exchange, std::string_view content_type);

// Answers a CORS preflight.
BASE_APART void answer_preflight(Exchange& exchange);

}  // namespace gateway
