// The error object that OpenAI's surfaces share: {"error":{"message","type","param","code"}}.
#pragma once

#include <string>
#include <string_view>

#include "chat/error.h"

namespace protocol {

struct ErrorWords {
  std::string_view type, code;
};

// The words that OpenAI's own API uses for `fault`, where it has some.
ErrorWords openai_words_of(chat::Fault fault);

// Appends the whole object. The code of `error` wins over that of `words`; `more` is further members of the
// inner object, each with a comma before it, or empty.
void append_openai_error(const chat::Error& error, ErrorWords words, std::string_view more, std::string& out);

}  // namespace protocol
