#include "json/escape.h"

#include <cstdint>

#include "json/simd.h"

namespace json {

namespace {
constexpr uint32_t kReplacement = 0xfffd;
bool is_high_surrogate(uint32_t unit) { return (unit & 0xfc00) == 0xd800; }
bool is_low_surrogate(uint32_t unit) { return (unit & 0xfc00) == 0xdc00; }

// The four hex digits of a \u escape.
uint32_t code_unit(const char* digits) {
  uint32_t unit = 0;
  for (int i = 0; i < 4; i++) {
    char c = digits[i];
    unit = unit << 4 | uint32_t(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return unit;
}

// Reads a code point after "\u"; `at` moves past it, and past the second escape of a surrogate pair.
uint32_t code_point(const char*& at, const char* end) {
  uint32_t unit = code_unit(at);
  at += 4;
  if (is_low_surrogate(unit)) return kReplacement;
  if (!is_high_surrogate(unit)) return unit;
  if (end - at < 6 || at[0] != '\\' || at[1] != 'u') return kReplacement;
  uint32_t low = code_unit(at + 2);
  if (!is_low_surrogate(low)) return kReplacement;
  at += 6;
  return 0x10000 + ((unit & 0x3ff) << 10 | (low & 0x3ff));
}

void append_utf8(uint32_t c, std::string& out) {
  auto continuation = [&](int shift) { out += char(0x80 | (c >> shift & 0x3f)); };
  if (c < 0x80) {
    out += char(c);
  } else if (c < 0x800) {
    out += char(0xc0 | c >> 6);
    continuation(0);
  } else if (c < 0x10000) {
    out += char(0xe0 | c >> 12);
    continuation(6), continuation(0);
  } else {
    out += char(0xf0 | c >> 18);
    continuation(12), continuation(6), continuation(0);
  }
}

const char* find_backslash(const char* at, const char* end) {
  return simd::find(at, end, [](auto text) { return text == '\\'; });
}
}  // namespace

void unescape(std::string_view inner, std::string& out) {
  const char* at = inner.data();
  const char* end = at + inner.size();
  for (;;) {
    const char* plain = at;
    at = find_backslash(at, end);
    out.append(plain, at);
    if (at == end) return;
    char c = at[1];
    at += 2;
    switch (c) {
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'u': append_utf8(code_point(at, end), out); break;
      default: out += c;  // a quote, a backslash or a slash
    }
  }
}

std::string unescaped(std::string_view inner) {
  std::string out;
  unescape(inner, out);
  return out;
}

void escape(std::string_view utf8, std::string& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  const char* at = utf8.data();
  const char* end = at + utf8.size();
  for (;;) {
    const char* plain = at;
    at = simd::find_special(at, end);
    out.append(plain, at);
    if (at == end) return;
    char c = *at++;
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: (out += "\\u00") += {kHex[c >> 4], kHex[c & 15]};
    }
  }
}

std::string escaped(std::string_view utf8) {
  std::string out;
  escape(utf8, out);
  return out;
}

}  // namespace json
