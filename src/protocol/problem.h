// Sentences for a client whose body is wrong, in the words that OpenAI's and Anthropic's users know.
#pragma once

#include <string>
#include <string_view>

#include "chat/error.h"
#include "json/document.h"
#include "protocol/place.h"

namespace protocol {

// "Invalid type for 'temperature': expected a number, but got a string instead."
chat::Error wrong_type(std::string_view param, std::string_view expected, json::Value got);
// "Missing required parameter: 'model'."
chat::Error missing(std::string_view param);
// "Invalid value for 'n': <why>."
chat::Error invalid_value(std::string_view param, std::string_view why);
// A field that the chosen model or upstream cannot honour.
chat::Error unsupported(std::string_view param, std::string_view why);

// The same for a place deep in the body.
chat::Error wrong_type(const Place& param, std::string_view expected, json::Value got);
chat::Error missing(const Place& param);
chat::Error invalid_value(const Place& param, std::string_view why);

// "messages[3].content"
std::string element(std::string_view array, size_t index, std::string_view member = {});

}  // namespace protocol
