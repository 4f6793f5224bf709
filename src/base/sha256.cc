#include "base/sha256.h"

#include <bit>
#include <cstdint>
#include <cstring>

namespace base {

namespace {
constexpr size_t kBlock = 64;
constexpr uint32_t kRound[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

uint32_t load_big_endian(const char* from) {
  uint32_t word = 0;
  for (int i = 0; i < 4; i++) word = word << 8 | uint8_t(from[i]);
  return word;
}

// The hash state and its compression function; names as in FIPS 180-4.
struct State {
  uint32_t h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

  void compress(const char* block) {
    uint32_t w[64];
    schedule(block, w);
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6], last = h[7];
    for (int t = 0; t < 64; t++) {
      uint32_t sum1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
      uint32_t sum0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
      uint32_t t1 = last + sum1 + ((e & f) ^ (~e & g)) + kRound[t] + w[t];
      uint32_t t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c));
      last = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e, h[5] += f, h[6] += g, h[7] += last;
  }

  static void schedule(const char* block, uint32_t (&w)[64]) {
    for (int t = 0; t < 16; t++) w[t] = load_big_endian(block + 4 * t);
    for (int t = 16; t < 64; t++) {
      uint32_t sigma0 = std::rotr(w[t - 15], 7) ^ std::rotr(w[t - 15], 18) ^ w[t - 15] >> 3;
      uint32_t sigma1 = std::rotr(w[t - 2], 17) ^ std::rotr(w[t - 2], 19) ^ w[t - 2] >> 10;
      w[t] = w[t - 16] + sigma0 + w[t - 7] + sigma1;
    }
  }

  std::string digest() const {
    std::string bytes;
    for (uint32_t word : h)
      for (int shift = 24; shift >= 0; shift -= 8) bytes += char(word >> shift);
    return bytes;
  }
};
}  // namespace

std::string sha256(std::string_view bytes) {
  State state;
  uint64_t bit_count = uint64_t(bytes.size()) * 8;
  for (; bytes.size() >= kBlock; bytes.remove_prefix(kBlock)) state.compress(bytes.data());

  // The rest, a one bit, zeros, and the length in the last eight bytes: one block, or two if the length does
  // not fit.
  std::string tail(bytes);
  tail += char(0x80);
  tail.resize(tail.size() + 8 <= kBlock ? kBlock - 8 : 2 * kBlock - 8);
  for (int shift = 56; shift >= 0; shift -= 8) tail += char(bit_count >> shift);
  for (size_t at = 0; at < tail.size(); at += kBlock) state.compress(tail.data() + at);
  return state.digest();
}

std::string hmac_sha256(std::string_view key, std::string_view message) {
  std::string inner = key.size() > kBlock ? sha256(key) : std::string(key);
  inner.resize(kBlock);
  std::string outer = inner;
  for (char& byte : inner) byte ^= 0x36;
  for (char& byte : outer) byte ^= 0x5c;
  inner += message;
  return sha256(outer += sha256(inner));
}

}  // namespace base
