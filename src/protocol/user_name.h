// What an upstream is told of the end user: the name that the client gives, or the hex SHA-256 of one that
// the upstream refuses, which stands for the same user in every request. The view is `user` itself or
// `scratch`.
#pragma once

#include <string>

#include "chat/request.h"

namespace protocol {

// At most 64 letters.
chat::Text openai_user(chat::Text user, std::string& scratch);
// At most 256 letters, and no e-mail address.
chat::Text anthropic_user(chat::Text user, std::string& scratch);

}  // namespace protocol
