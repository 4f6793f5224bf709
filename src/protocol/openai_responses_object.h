// The response object: what an answer says of itself, and what it repeats of its request.
#pragma once

#include <string>
#include <string_view>

#include "protocol/protocol.h"

namespace protocol::openai_responses {

struct Outcome {
  std::string_view status = "in_progress";
  std::string_view items{};            // the finished items, encoded, with commas between them
  std::string_view reason{};           // incomplete: why
  const chat::Error* error = nullptr;  // failed
  const chat::Usage* usage = nullptr;  // null while the answer goes on
};

// Appends the object. Members that the client did not send get the API's defaults.
void append_response(const Stamp& stamp, const Outcome& outcome, std::string& out);

}  // namespace protocol::openai_responses
