// Gemini generateContent, the functions behind kGemini. Rules per field: docs/protocol/gemini.md.
#pragma once

#include "base/text.h"
#include "protocol/protocol.h"

namespace protocol::gemini {

std::optional<chat::Error> write(const chat::Request& request, const Target& target, std::string& out);
std::unique_ptr<Decoder> make_decoder();
std::optional<chat::Error> read(json::Value body, base::Arena& arena, chat::Request& out);
std::unique_ptr<Encoder> make_stream_encoder(Stamp stamp);
std::unique_ptr<Encoder> make_whole_encoder(Stamp stamp);
void error(const chat::Error& error, std::string_view request_id, std::string& out);

// The parts of a request's body, each in a file of its own. All append members to the open object.
std::optional<chat::Error> write_contents(const chat::Request& request, const Target& target,
                                          std::string& out);
std::optional<chat::Error> write_generation_config(const chat::Request& request, const Target& target,
                                                   std::string& out);
void write_tools(const chat::Request& request, const Target& target, std::string& out);

// True if the answer's format cannot be set (beside function tools, for a Claude model), so that the request
// must ask for it in words.
bool format_in_words(const chat::Request& request, const Target& target);
// The tool loop that is still going on begins at this message: the last of the user's that answers no call.
size_t active_turn(const chat::Request& request);

// Code that the model ran, or what came of it, as escaped text: no other protocol has a place for it.
// `language` is unescaped.
std::string fenced(std::string_view language, chat::Text body);

}  // namespace protocol::gemini
