// OpenAI Responses, the functions behind kOpenaiResponses. Rules per field:
// docs/protocol/openai_responses.md.
#pragma once

#include "base/text.h"
#include "json/writer.h"
#include "protocol/protocol.h"

namespace protocol::openai_responses {

std::optional<chat::Error> read(json::Value body, base::Arena& arena, chat::Request& out);
// The parts of read() that are about the conversation and about the tools.
std::optional<chat::Error> read_input(json::Value input, base::Arena& arena, chat::Request& out);
std::optional<chat::Error> read_tools(json::Value tools, std::string_view where, base::Arena& arena,
                                      chat::Request& out);
std::optional<chat::Error> read_tool_choice(json::Value choice, base::Arena& arena, chat::Request& out);

std::optional<chat::Error> write(const chat::Request& request, const Target& target, std::string& out);
// The parts of write(): "input", and "tools" with what belongs to them.
void write_input(json::Writer& w, const chat::Request& request, const Target& target);
void write_tools(json::Writer& w, const chat::Request& request, const Target& target);

std::unique_ptr<Decoder> make_decoder();
std::unique_ptr<Encoder> make_stream_encoder(Stamp stamp);
std::unique_ptr<Encoder> make_whole_encoder(Stamp stamp);
void error(const chat::Error& error, std::string_view request_id, std::string& out);

// Appends {"code":...,"message":...} for response.failed.
void append_failure(const chat::Error& error, std::string& out);

// A namespaced tool's name, as one word: "space__member", in `arena`.
chat::Text joined_name(chat::Text space, chat::Text member, base::Arena& arena);

}  // namespace protocol::openai_responses
