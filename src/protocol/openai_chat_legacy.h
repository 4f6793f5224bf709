// What stood in place of tools until 2023: `functions`, `function_call` and the role "function". Such a
// client knows one call per answer and no ids; here it becomes a client of tools, and its answer speaks its
// own words again.
#pragma once

#include <optional>
#include <string>

#include "protocol/protocol.h"

namespace protocol::openai_chat::legacy {

// `functions`: an array of {name, description, parameters}.
std::optional<chat::Error> read_functions(json::Value functions, chat::Request& out);
// `function_call` of a request: "none", "auto" or {name}.
std::optional<chat::Error> read_choice(json::Value choice, chat::Request& out);
// `function_call` of an assistant message. A call's id is its function's name: there is but one call to
// answer.
std::optional<chat::Error> read_call(json::Value call, const std::string& where, chat::Request& out);
// A message of role "function": the id and the name of its result, without the content.
std::optional<chat::Error> begin_result(json::Value message, const std::string& where, chat::Request& out);

// Did the client of this answer ask in the old words?
bool wants_old_words(const Stamp& stamp);

}  // namespace protocol::openai_chat::legacy
