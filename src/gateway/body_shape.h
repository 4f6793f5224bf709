// Which surface a body was made for, whatever path it was sent to.
#pragma once

#include <optional>

#include "chat/error.h"
#include "json/document.h"
#include "protocol/protocol.h"

namespace gateway {

// By members that only one surface has; `none` where several have them all.
protocol::Origin shape_of(json::Value body);

// The surface that reads `body`, which came to the path of `asked`: `asked` itself, or its sibling for the
// clients that mix chat completions and Responses. The answer is the path's in any case. Null: neither can
// read it, and `problem` says which surface the body looks like.
const protocol::Protocol* reader_of(const protocol::Protocol& asked, json::Value body, chat::Error& problem);

}  // namespace gateway
