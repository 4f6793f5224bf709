// The protocol's entry in the list.
#include "protocol/openai_chat.h"
#include "protocol/openai_error.h"

namespace protocol {

namespace openai_chat {

void error(const chat::Error& error, std::string_view, std::string& out) {
  append_openai_error(error, openai_words_of(error.fault), {}, out);
}

}  // namespace openai_chat

namespace {
constexpr std::string_view kLastWords[] = {"[DONE]"};
}

const Protocol kOpenaiChat = {
    .origin = Origin::openai_chat,
    .name = "openai_chat",
    .last_words = kLastWords,
    .read = openai_chat::read,
    .write = openai_chat::write,
    .decoder = openai_chat::make_decoder,
    .stream_encoder = openai_chat::make_stream_encoder,
    .whole_encoder = openai_chat::make_whole_encoder,
    .error = openai_chat::error,
};

}  // namespace protocol
