// How a script compares what it expects with what came.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace script {

using Variables = std::map<std::string, std::string>;

// Compares text: "*" at the end matches any rest; "$name" as a whole binds the variable, or must equal it.
bool matches_text(std::string_view expected, std::string_view actual, Variables& variables);

// Compares JSON (or plain text, if `expected` is not JSON). Every member that `expected` has must be there
// with a matching value; more members may be. Arrays must have as many elements. null also matches an absent
// member. Empty: a match; otherwise a sentence that names the place.
std::string difference(std::string_view expected, std::string_view actual, Variables& variables);

// `text` with every bound "$name" replaced.
std::string substitute(std::string text, const Variables& variables);

}  // namespace script
