// How a Gemini client's body is read, in parts. Every function takes the whole value of one member and fills
// `out`; views stay valid as long as the body's document and `arena`.
#pragma once

#include "base/arena.h"
#include "chat/request.h"
#include "protocol/gemini_field.h"

namespace protocol::gemini {

Problem read_contents(json::Value contents, base::Arena& arena, chat::Request& out);
Problem read_system(json::Value instruction, chat::Request& out);
Problem read_tools(json::Value tools, base::Arena& arena, chat::Request& out);
Problem read_tool_config(json::Value config, chat::Request& out);
Problem read_generation_config(json::Value config, base::Arena& arena, chat::Request& out);

// `schema` as JSON Schema: itself, or a translation in `arena` if it is written in Google's dialect of
// OpenAPI.
chat::Raw read_schema(json::Value schema, base::Arena& arena);

}  // namespace protocol::gemini
