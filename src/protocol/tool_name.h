// Function names that every upstream accepts, and the way back.
#pragma once

#include <string>
#include <vector>

#include "chat/request.h"

namespace protocol {

// `name` if it matches ^[A-Za-z_][A-Za-z0-9_-]{0,63}$ (the rule that Gemini, Anthropic and OpenAI share).
// Otherwise a name that does: bad characters become '_', and a hash of the whole name ends it, so that
// different names stay different. The view is `name` itself or `scratch`.
chat::Text safe_tool_name(chat::Text name, std::string& scratch);

// The declared name of which `name` is the safe form; `name` itself if none is.
chat::Text declared_tool_name(const std::vector<chat::Tool>& tools, chat::Text name);

// `id` if it matches ^[A-Za-z0-9_-]+$ and has at most `most` characters, what the strictest wires take of a
// call's id. Otherwise one that does, made in the same way: a call and its result stay a pair, and different
// calls stay different. There is no way back, for an upstream names only its own calls.
chat::Text safe_tool_id(chat::Text id, std::string& scratch, size_t most = 64);

}  // namespace protocol
