// What the subscription's endpoint takes, and when a client's own body is fit for it.
#pragma once

#include <string>
#include <string_view>

#include "json/document.h"

namespace provider::chatgpt {

// Can `body`, of a Responses client, go on with its items, tools and options byte for byte? The endpoint has
// rules of its own for them; a body that breaks one goes through the model, whose writer keeps them all.
bool fits(json::Value body);
// The same of what it holds, whatever it wants made of that.
bool content_fits(json::Value body);

// Appends `body` with the members that the endpoint takes, and those that it insists on; `session`: the
// conversation. With `compact`, as its compaction takes it.
void append_allowed(json::Value body, std::string_view session, bool compact, std::string& out);

}  // namespace provider::chatgpt
