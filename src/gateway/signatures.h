// Thinking state for clients that know only OpenAI's chat shapes and bring back nothing but a tool call's id.
//
// Gemini 3 wants the signature of a tool call back with its result; Anthropic and Responses want the thinking
// that led to it, text and proof. This instance remembers them by call id, with the account that minted them;
// with SIGNATURE_IN_ID the id itself carries Gemini's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/apart.h"
#include "base/arena.h"
#include "chat/request.h"

namespace gateway {

// A signature that owns its bytes.
struct KeptSignature {
  std::string text, home;
  chat::Origin origin = chat::Origin::none;

  KeptSignature() = default;
  explicit KeptSignature(const chat::Signature& signature)
      : text(signature.text), home(signature.home), origin(signature.origin) {}
};

// A thinking block that led to a call.
struct Thought {
  std::string text, id;
  KeptSignature signature;
  bool redacted = false;
};

// Keeps what belongs to a call. Bounded: the oldest are forgotten, and giants are not kept at all.
void remember_call(chat::Text call_id, const chat::Signature& signature, std::vector<Thought> thoughts);

// Appends the signature to a new call id, if the settings ask for that.
void sign_call_id(const chat::Signature& signature, std::string& call_id);

// Gives the tool calls of `request` that lack a signature the one remembered or carried by their id, and
// their turns the thinking that led to them.
BASE_APART void restore_signatures(chat::Request& request, base::Arena& arena);

// Takes every signature out of `request`: for an upstream that called one of them corrupted.
void drop_signatures(chat::Request& request);

}  // namespace gateway
