// FNV-1a, 64 bits: quick, and good enough where nobody gains by a collision.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace base {

constexpr uint64_t kHashStart = 14695981039346656037u;

// `hash` after `bytes`: kHashStart for the first, an earlier hash to go on with.
constexpr uint64_t hash_on(uint64_t hash, std::string_view bytes) {
  for (unsigned char byte : bytes) hash = (hash ^ byte) * 1099511628211u;
  return hash;
}

// The same idea by eight bytes: another number, for long texts within one process.
inline uint64_t hash_of_words(std::string_view bytes) {
  uint64_t hash = kHashStart + bytes.size(), word;
  for (; bytes.size() >= sizeof word; bytes.remove_prefix(sizeof word)) {
    std::memcpy(&word, bytes.data(), sizeof word);
    hash = (hash ^ word) * 1099511628211u;
    hash ^= hash >> 32;  // what a product carries only upwards
  }
  return hash_on(hash, bytes);
}

}  // namespace base
