// The arguments of a call, as an encoder writes them.
#pragma once

#include <string>

#include "chat/event.h"

namespace protocol {

// Appends `arguments` as the inside of a JSON string, whatever they came as.
void append_arguments(const chat::Arguments& arguments, std::string& out);

}  // namespace protocol
