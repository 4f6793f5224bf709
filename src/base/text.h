// Small text work used everywhere: numbers, hex, base64, URLs, identifiers. ASCII rules only, no locale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace base {

// Decimal text of `value`, appended.
void append_int(std::string& out, int64_t value);
std::string to_text(int64_t value);

// The whole of `text` as a decimal integer; nothing on any other character or on overflow. A sign is allowed.
std::optional<int64_t> to_int(std::string_view text);

// The integer part of a JSON number ("12", "1e3", "4096.0"), saturating; nothing if `text` is not a number.
std::optional<int64_t> number_to_int(std::string_view text);

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);
bool equals_ignoring_case(std::string_view a, std::string_view b);
std::string lower(std::string_view text);
// True if a control character (under 0x20, or DEL) is in `text`.
bool has_control(std::string_view text);
std::string_view trim(std::string_view text);

// The part of `text` before `separator`; `text` becomes the rest. The whole of `text` when there is none.
std::string_view take_until(std::string_view& text, char separator);

std::string hex(std::string_view bytes);
// The first 16 of `bytes` as a UUID (RFC 9562) of `version`: 4 for random ones, 8 for others.
std::string uuid_of(std::string_view bytes, int version = 4);

// RFC 4648 base64. Decoding accepts both alphabets, with or without padding; nothing on any other character.
std::string base64(std::string_view bytes);
std::string base64_url(std::string_view bytes);
std::optional<std::string> base64_decode(std::string_view text);

// Percent coding. `url_encode` keeps RFC 3986 unreserved characters only, so it serves paths, queries and
// forms. `url_decode` leaves '+' and malformed escapes as they are.
std::string url_encode(std::string_view text);
std::string url_decode(std::string_view text);
// The decoded value of the first `name` in a query string "a=1&b=2" (no leading '?'), or nothing. '+' is a
// space.
std::optional<std::string> query_value(std::string_view query, std::string_view name);

// True when both are equal; takes the same time wherever they differ. Lengths are not secret.
bool equals_in_constant_time(std::string_view a, std::string_view b);

}  // namespace base
