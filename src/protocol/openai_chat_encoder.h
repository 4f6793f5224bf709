// What the two forms of a chat completion share: a stream's chunks and the whole object say a call, a
// signature and an image alike.
#pragma once

#include <string>
#include <string_view>

#include "protocol/protocol.h"

namespace protocol::openai_chat {

// A text of more bytes must not exist more often than it has to.
constexpr size_t kGiant = 64 << 10;

// Appends a call's id, kind and name, up to the opening quote of its arguments, or of a custom tool's input.
void append_call_head(const chat::Event& event, bool custom, std::string& out);
// Has the client declared the tool that is called as a custom one? `request` may be null.
bool calls_custom_tool(const chat::Event& event, const chat::Request* request);
// Appends a signature where Google's own OpenAI endpoint puts it, and Copilot its encrypted thoughts.
void append_signature(const chat::Signature& signature, std::string& out);
// Appends an element of `images`.
void append_image(const chat::Event& event, size_t index, std::string& out);
// The word of finish_reason; `old_words`: for a client of functions.
std::string_view finish_word(chat::Finish finish, bool old_words);

}  // namespace protocol::openai_chat
