#include "base/crc32.h"

#include <array>
#include <bit>
#include <cstring>

namespace base {

namespace {

static_assert(std::endian::native == std::endian::little, "words are read as they lie in memory");

// Table k tells what a byte does to the sum when k more bytes follow it: eight bytes then go in one step.
using Tables = std::array<std::array<uint32_t, 256>, 8>;

Tables make_tables() {
  Tables tables;
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t sum = byte;
    for (int bit = 0; bit < 8; bit++) sum = sum >> 1 ^ (sum & 1 ? 0xEDB88320u : 0);
    tables[0][byte] = sum;
  }
  for (size_t k = 1; k < tables.size(); k++) {
    for (uint32_t byte = 0; byte < 256; byte++) {
      uint32_t before = tables[k - 1][byte];
      tables[k][byte] = before >> 8 ^ tables[0][before & 0xff];
    }
  }
  return tables;
}
// Made when first needed: 8 KB that no compression makes smaller would be a fortieth of the bundle.
const Tables& tables() {
  static const Tables made = make_tables();
  return made;
}

uint32_t word_at(const char* at) {
  uint32_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

}  // namespace

uint32_t crc32(std::string_view bytes) {
  const Tables& t = tables();
  uint32_t sum = ~0u;
  const char *at = bytes.data(), *end = at + bytes.size();
  for (; end - at >= 8; at += 8) {
    uint32_t low = word_at(at) ^ sum, high = word_at(at + 4);
    sum = t[7][low & 0xff] ^ t[6][low >> 8 & 0xff] ^ t[5][low >> 16 & 0xff] ^ t[4][low >> 24] ^
          t[3][high & 0xff] ^ t[2][high >> 8 & 0xff] ^ t[1][high >> 16 & 0xff] ^ t[0][high >> 24];
  }
  for (; at != end; at++) sum = sum >> 8 ^ t[0][(sum ^ uint8_t(*at)) & 0xff];
  return ~sum;
}

}  // namespace base
