// OpenAI's first way to ask, POST /v1/completions: one prompt of plain text, and the text that follows it.
// Only a surface: every upstream is asked in a conversation of one turn. Rules per field:
// docs/protocol/openai_completions.md.
#pragma once

#include "protocol/protocol.h"

namespace protocol::openai_completions {

std::optional<chat::Error> read(json::Value body, base::Arena& arena, chat::Request& out);
std::unique_ptr<Encoder> make_stream_encoder(Stamp stamp);
std::unique_ptr<Encoder> make_whole_encoder(Stamp stamp);

// `prompt` of a body that was read: the one text, wherever it stands.
chat::Text prompt_of(json::Value body);

}  // namespace protocol::openai_completions
