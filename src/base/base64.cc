// RFC 4648 base64, both alphabets.
#include <array>

#include "base/text.h"

namespace base {

namespace {
constexpr char kStandard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kUrl[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// The six bits of every character in either alphabet; -1 for all others.
constexpr std::array<int8_t, 256> kSextet = [] {
  std::array<int8_t, 256> sextets{};
  sextets.fill(-1);
  for (int i = 0; i < 64; i++) {
    sextets[uint8_t(kStandard[i])] = int8_t(i);
    sextets[uint8_t(kUrl[i])] = int8_t(i);
  }
  return sextets;
}();

// Without padding.
std::string encode(std::string_view bytes, const char* alphabet) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  uint32_t buffer = 0;
  int bits = 0;
  for (unsigned char byte : bytes) {
    buffer = buffer << 8 | byte;
    for (bits += 8; bits >= 6; bits -= 6) out += alphabet[buffer >> (bits - 6) & 63];
  }
  if (bits > 0) out += alphabet[buffer << (6 - bits) & 63];
  return out;
}

// Takes the padding off `text`; false if there is some but not as much as completes four characters.
bool take_padding(std::string_view& text) {
  size_t size = text.size();
  while (!text.empty() && text.back() == '=' && size - text.size() < 2) text.remove_suffix(1);
  return text.size() == size || size % 4 == 0;
}
}  // namespace

std::string base64(std::string_view bytes) {
  std::string out = encode(bytes, kStandard);
  while (out.size() % 4 != 0) out += '=';
  return out;
}

std::string base64_url(std::string_view bytes) { return encode(bytes, kUrl); }

std::optional<std::string> base64_decode(std::string_view text) {
  if (!take_padding(text) || text.size() % 4 == 1) return {};
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  uint32_t buffer = 0;
  int bits = 0;
  for (unsigned char c : text) {
    if (kSextet[c] < 0) return {};
    buffer = buffer << 6 | uint32_t(kSextet[c]);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += char(buffer >> bits);
  }
  return out;
}

}  // namespace base
