// Content parts that OpenAI's two surfaces spell the same way.
#pragma once

#include <optional>
#include <string_view>

#include "chat/error.h"
#include "chat/request.h"
#include "json/document.h"

namespace protocol {

// Each adds one media block to the last message. `where` names the part in an error.

// {"data", "format"}
std::optional<chat::Error> read_openai_audio(json::Value audio, std::string_view where, chat::Request& out);
// {"file_data" | "file_url" | "file_id", "filename"}
std::optional<chat::Error> read_openai_file(json::Value file, std::string_view where, chat::Request& out);

}  // namespace protocol
