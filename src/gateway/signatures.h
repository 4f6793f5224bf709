// Thought signatures for clients that know only OpenAI's shapes and bring back nothing but a tool call's id.
//
// Gemini 3 wants the signature of a tool call back with its result. It travels in `extra_content`, which most
// clients drop; so this instance remembers it by call id, and with SIGNATURE_IN_ID the id itself carries it.
#pragma once

#include <string>
#include <string_view>

#include "base/arena.h"
#include "chat/request.h"

namespace gateway {

// Keeps `signature` for `call_id`. Bounded: the oldest are forgotten.
void remember_signature(chat::Text call_id, const chat::Signature& signature);

// Appends the signature to a new call id, if the settings ask for that.
void sign_call_id(const chat::Signature& signature, std::string& call_id);

// Gives the tool calls of `request` that lack a signature the one remembered or carried by their id.
void restore_signatures(chat::Request& request, base::Arena& arena);

// Takes every signature out of `request`: for an upstream that called one of them corrupted.
void drop_signatures(chat::Request& request);

}  // namespace gateway
