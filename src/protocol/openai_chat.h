// OpenAI chat completions, the functions behind kOpenaiChat. Rules per field: docs/protocol/openai_chat.md.
#pragma once

#include "base/text.h"
#include "protocol/place.h"
#include "protocol/protocol.h"

namespace protocol::openai_chat {

std::optional<chat::Error> read(json::Value body, base::Arena& arena, chat::Request& out);
// The part of read() that is about one member of the body; one that is not known is passed over.
std::optional<chat::Error> read_member(json::Value key, json::Value value, chat::Request& out);
// The part that is about a tool's function, {name, description, parameters}, which stands at `where`.
std::optional<chat::Error> read_function(json::Value function, const Place& where, chat::Request& out);
// The part that is about the conversation.
std::optional<chat::Error> read_messages(json::Value messages, chat::Request& out);
std::optional<chat::Error> write(const chat::Request& request, const Target& target, std::string& out);
std::unique_ptr<Decoder> make_decoder();
std::unique_ptr<Encoder> make_stream_encoder(Stamp stamp);
std::unique_ptr<Encoder> make_whole_encoder(Stamp stamp);
void error(const chat::Error& error, std::string_view request_id, std::string& out);

// {"id":<prefix and stamp>,"object":...,"created":...,"model":...,"choices":[
std::string opening(const Stamp& stamp, std::string_view prefix, std::string_view object);
// Appends the object `usage`.
void append_usage(const chat::Usage& usage, std::string& out);
// The words of finish_reason.
std::string_view word_of(chat::Finish finish);

}  // namespace protocol::openai_chat
