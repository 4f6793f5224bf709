// How large an image is, from the first bytes of its file.
#pragma once

#include <cstdint>
#include <string_view>

namespace chat {

struct ImageSize {
  uint32_t width = 0, height = 0;  // pixels; 0 = unknown
};

// Of PNG, JPEG, GIF and WebP in base64. Looks at the first 64 KiB at most.
ImageSize image_size(std::string_view base64);

}  // namespace chat
