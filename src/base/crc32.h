// CRC-32 as zlib and AWS event streams use it (IEEE 802.3, reflected). Check value: crc32("123456789") =
// cbf43926.
#pragma once

#include <cstdint>
#include <string_view>

namespace base {

uint32_t crc32(std::string_view bytes);

}  // namespace base
