// Takes members out of a JSON text by the names that an upstream's complaint gives them.
#pragma once

#include <string>
#include <string_view>

namespace json {

// Removes the member `name` of the object at `path` from the object in `text`, from offset `at` on. The path
// is written as in Google's errors, in the spelling of its protobufs:
// "request.tools[0].function_declarations", "properties[2].value" for the third property; the empty path is
// the root. Names are compared without regard to case and underscores; a first step "request" that is not
// there is the root itself. False: there is no such member.
bool prune(std::string& text, size_t at, std::string_view path, std::string_view name);

}  // namespace json
