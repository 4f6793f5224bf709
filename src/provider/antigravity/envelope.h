// What Antigravity puts around a generateContent request.
#pragma once

#include <string>

#include "provider/provider.h"

namespace provider::gravity {

// Does the model draw?
bool draws(const Model& model);

// "-1099796703622425494": the conversation, from its first words; `fallback` (digits) where it has none.
std::string session_id(const chat::Request& request, std::string_view fallback);

// Appends everything up to the request: {"project":..,"request":
void open_envelope(const Call& call, std::string& out);
// The last member of the request, which stands in `out` from `body_at` on.
void add_session(const Call& call, std::string& out, size_t body_at);

}  // namespace provider::gravity
