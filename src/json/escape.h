// JSON string escapes, both ways.
#pragma once

#include <string>
#include <string_view>

namespace json {

// Appends the UTF-8 text of an escaped string. `inner` must have passed Document::parse. A lone surrogate
// becomes U+FFFD.
void unescape(std::string_view inner, std::string& out);
std::string unescaped(std::string_view inner);

// Appends `utf8` escaped for use between quotes. `utf8` must be valid UTF-8.
void escape(std::string_view utf8, std::string& out);
std::string escaped(std::string_view utf8);

}  // namespace json
