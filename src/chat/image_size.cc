#include "chat/image_size.h"

#include <algorithm>
#include <string>

#include "base/text.h"

namespace chat {

namespace {

constexpr size_t kSmallHead = 64;        // enough for all but JPEG
constexpr size_t kLargeHead = 64 << 10;  // a JPEG's size stands behind its thumbnail and profile

uint32_t at(std::string_view bytes, size_t index) { return static_cast<unsigned char>(bytes[index]); }
uint32_t big16(std::string_view b, size_t i) { return at(b, i) << 8 | at(b, i + 1); }
uint32_t little16(std::string_view b, size_t i) { return at(b, i + 1) << 8 | at(b, i); }
uint32_t big32(std::string_view b, size_t i) { return big16(b, i) << 16 | big16(b, i + 2); }

ImageSize of_webp(std::string_view b) {
  std::string_view format = b.substr(12, 4);
  if (format == "VP8 ") return {little16(b, 26) & 0x3fff, little16(b, 28) & 0x3fff};
  if (format == "VP8L") {
    uint32_t bits = little16(b, 21) | little16(b, 23) << 16;
    return {(bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1};
  }
  if (format != "VP8X") return {};
  return {(little16(b, 24) | at(b, 26) << 16) + 1, (little16(b, 27) | at(b, 29) << 16) + 1};
}

// Walks the segments up to the frame header.
ImageSize of_jpeg(std::string_view b) {
  size_t i = 2;
  while (i + 9 < b.size() && at(b, i) == 0xff) {
    uint32_t marker = at(b, i + 1);
    bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    if (frame) return {big16(b, i + 7), big16(b, i + 5)};
    i += 2 + std::max<uint32_t>(2, big16(b, i + 2));
  }
  return {};
}

std::string decoded_head(std::string_view base64, size_t size) {
  size_t digits = std::min(base64.size(), size / 3 * 4) / 4 * 4;
  return base::base64_decode(base64.substr(0, digits)).value_or("");
}

}  // namespace

ImageSize image_size(std::string_view base64) {
  std::string head = decoded_head(base64, kSmallHead);
  if (head.size() < 32) return {};
  if (head.starts_with("\x89PNG")) return {big32(head, 16), big32(head, 20)};
  if (head.starts_with("GIF8")) return {little16(head, 6), little16(head, 8)};
  if (head.starts_with("RIFF")) return of_webp(head);
  if (head.starts_with("\xff\xd8")) return of_jpeg(decoded_head(base64, kLargeHead));
  return {};
}

}  // namespace chat
