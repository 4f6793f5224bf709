// Tool turns as words: the last resort where an upstream refuses the shape of a conversation without a
// reason.
#pragma once

#include "base/arena.h"
#include "chat/request.h"

namespace gateway {

// Makes ordinary text of every call and result that `request` holds; the tools stay declared. False: it holds
// none. New text lives in `arena`.
bool flatten_tools(chat::Request& request, base::Arena& arena);

}  // namespace gateway
