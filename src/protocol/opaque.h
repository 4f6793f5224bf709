// Opaque proofs on their way through a client of another protocol.
//
// A client gives back what stood in its protocol's slot for such things (Anthropic's `signature`, Responses'
// `encrypted_content`, Gemini's `thoughtSignature`) without looking at it. A proof minted by another protocol
// travels there in a wrapper that names its origin and its home, so that it finds its way back to the account
// that made it and is never sent to anybody else. The wrapper is valid base64 whenever the proof is, since
// some SDKs decode the slot.
#pragma once

#include <string>

#include "chat/request.h"

namespace protocol {

// What a wrapped proof belongs to, for protocols whose only slot is that of a thinking block.
enum class Seat : uint8_t { thinking, redacted, call, text };

// Appends `signature` for a client of protocol `own`: as it is if `own` minted it, wrapped otherwise.
void append_opaque(const chat::Signature& signature, chat::Origin own, std::string& out,
                   Seat seat = Seat::thinking);

// The proof in `text`, which a client of protocol `own` sent. `packed` is set if it was wrapped, and never
// cleared.
chat::Signature read_opaque(chat::Text text, chat::Origin own, bool& packed);

// May `body` hold a wrapped proof? For bodies that were not read to their end.
bool holds_packed(std::string_view body);

// Where the wrapped proof in `text` belongs; `thinking` for a text that is not wrapped.
Seat seat_of(chat::Text text);

}  // namespace protocol
