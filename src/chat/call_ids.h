// Some services number the calls of each turn anew (call_0, call_1), and some clients give no ids at all.
// Most wires want every call of a conversation to have an id of its own.
#pragma once

#include "base/arena.h"
#include "chat/request.h"

namespace chat {

// Gives a call whose id an earlier one has another ("call_0_2"), and so the result that answers it: results
// answer the calls of the turn before them, those of one id in their order.
void keep_call_ids_apart(Request& request, base::Arena& arena);

}  // namespace chat
