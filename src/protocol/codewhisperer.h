// CodeWhisperer's conversationState, the functions behind kCodewhisperer. Rules:
// docs/protocol/codewhisperer.md.
#pragma once

#include "base/text.h"
#include "protocol/protocol.h"

namespace protocol::codewhisperer {

std::optional<chat::Error> write(const chat::Request& request, const Target& target, std::string& out);
std::unique_ptr<Decoder> make_decoder();

// True if this request asks for thinking by tags in its text, so that the answer's tags are thinking too.
bool thinks_in_tags(const chat::Request& request, const Target& target);

}  // namespace protocol::codewhisperer
