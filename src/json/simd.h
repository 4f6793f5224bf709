// The one place that knows about vector instructions: sixteen bytes at a time.
//
// Compilers lower operators on `Bytes` (compare, and, or, shift) to Wasm SIMD128 or SSE2 by themselves, and
// to plain code elsewhere. Only three operations need a target's own instruction: any, bits and lookup.
// Keeping the rest portable means that the native tests and fuzzers run the very algorithm that ships in
// Wasm.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace json::simd {

constexpr ptrdiff_t kWidth = 16;
using Bytes = uint8_t __attribute__((vector_size(kWidth)));  // a comparison yields lanes of 0xff or 0

inline Bytes load(const char* from) {
  Bytes bytes;
  std::memcpy(&bytes, from, kWidth);
  return bytes;
}

// The last `size` < 16 bytes of a text, padded with zeros. Nothing beyond the text is read.
inline Bytes load_tail(const char* from, ptrdiff_t size) {
  Bytes bytes = {};
  for (ptrdiff_t i = 0; i < size; i++) bytes[i] = uint8_t(from[i]);
  return bytes;
}

// True if any bit is set in any lane.
inline bool any(Bytes bytes) {
#if defined(__wasm_simd128__)
  return wasm_v128_any_true(v128_t(bytes));
#else
  uint64_t halves[2];
  std::memcpy(halves, &bytes, sizeof halves);
  return (halves[0] | halves[1]) != 0;
#endif
}

// The top bit of every lane; lane 0 is bit 0.
inline uint32_t bits(Bytes bytes) {
#if defined(__wasm_simd128__)
  return wasm_i8x16_bitmask(v128_t(bytes));
#elif defined(__SSE2__)
  return uint32_t(_mm_movemask_epi8(__m128i(bytes)));
#else
  uint32_t all = 0;
  for (int i = 0; i < kWidth; i++) all |= uint32_t(bytes[i] >> 7) << i;
  return all;
#endif
}

// table[index] in every lane; every index is under 16.
inline Bytes lookup(Bytes table, Bytes index) {
#if defined(__wasm_simd128__)
  return Bytes(wasm_i8x16_swizzle(v128_t(table), v128_t(index)));
#else
  Bytes found;
  for (int i = 0; i < kWidth; i++) found[i] = table[index[i]];
  return found;
#endif
}

// The first byte in [at, end) for which `stops` holds; `end` if there is none. `stops` is asked about Bytes,
// where it yields a lane mask, and about the last few bytes one by one.
template <class Stops>
inline const char* find(const char* at, const char* end, Stops stops) {
  for (; end - at >= kWidth; at += kWidth)
    if (uint32_t found = bits(Bytes(stops(load(at))))) return at + std::countr_zero(found);
  while (at != end && !stops(uint8_t(*at))) at++;
  return at;
}

// The first byte that may not stand in a JSON string as it is: a quote, a backslash or a control character.
inline const char* find_special(const char* at, const char* end) {
  return find(at, end, [](auto text) { return (text == '"') | (text == '\\') | (text < 0x20); });
}

// Are the `size` bytes at `a` and at `b` the same?
inline bool equal(const char* a, const char* b, size_t size) {
  const char* end = a + size;
  for (; end - a >= kWidth; a += kWidth, b += kWidth)
    if (any(load(a) ^ load(b))) return false;
  while (a != end && *a == *b) a++, b++;
  return a == end;
}

}  // namespace json::simd
