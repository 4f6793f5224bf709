// Claude behind Gemini's wire (Antigravity): what Anthropic's rules make of a request that Google hands on.
#pragma once

#include <string>

#include "protocol/protocol.h"

namespace protocol::gemini {

// How much the model may think and say.
struct ClaudeThinking {
  int64_t budget = 0;      // tokens of thought; 0: it is not to think
  int64_t max_output = 0;  // tokens of the answer, thoughts included; 0: not said
};
// The budget is less than the answer's limit, or there is none. A tool loop whose thoughts are lost, or were
// another model's, goes on without thinking: Anthropic refuses a call that its own proof does not precede.
ClaudeThinking claude_thinking(const chat::Request& request, const Target& target);

// May `signature` go back to the target's model? On Antigravity a Claude model's is base64 of Anthropic's
// base64, and so told apart from Gemini's.
bool is_of_family(const chat::Signature& signature, const Target& target);

// The client forbids calls and the conversation has none: then no tools are declared.
bool needs_no_tools(const chat::Request& request);
// VALIDATED mode leaves the choice of tools to the model, so that the client's wish is said in words. Escaped
// text.
std::string choice_in_words(const chat::Request& request);

}  // namespace protocol::gemini
