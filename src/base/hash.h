// FNV-1a, 64 bits: quick, and good enough where nobody gains by a collision.
#pragma once

#include <cstdint>
#include <string_view>

namespace base {

constexpr uint64_t kHashStart = 14695981039346656037u;

// `hash` after `bytes`: kHashStart for the first, an earlier hash to go on with.
constexpr uint64_t hash_on(uint64_t hash, std::string_view bytes) {
  for (unsigned char byte : bytes) hash = (hash ^ byte) * 1099511628211u;
  return hash;
}

}  // namespace base
