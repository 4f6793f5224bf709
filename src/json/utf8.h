#pragma once

#include <string_view>

namespace json {

// True if `text` is well-formed UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF).
bool utf8_valid(std::string_view text);

}  // namespace json
