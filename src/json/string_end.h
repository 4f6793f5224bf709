// Where a JSON string ends, 64 bytes at a time.
//
// In a text of code every few dozen bytes hold an escape. A search that stops at each mispredicts a branch at
// each; here all bytes of a block are told apart at once, and the only branch that depends on the text is the
// end itself. Which bytes are escaped follows from the runs of backslashes by one addition, after Geoff
// Langdale and Daniel Lemire, "Parsing Gigabytes of JSON per Second", 2019.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "json/simd.h"

namespace json {

// Steps through the text of one string.
class StringEnd {
 public:
  // `at`: behind the opening quote.
  StringEnd(const char* at, const char* end) : at_(at), end_(end) {}

  // True: at() is the closing quote. False: from at() on the text is to be read byte by byte, since it is
  // broken, or less than a block of it is left; what is before at() is right, and an escape begins there or
  // none.
  bool find() {
    for (; end_ - at_ >= kBlock; at_ += kBlock) {
      Block block(at_);
      uint64_t escaped = escaped_in(block);
      uint64_t quotes = block.bits([](Bytes bytes) { return bytes == '"'; }) & ~escaped;
      uint64_t inside = quotes ? (quotes & -quotes) - 1 : ~uint64_t(0);
      uint64_t controls = block.bits([](Bytes bytes) { return bytes < 0x20; });
      if ((controls & inside) || !are_escapes(block, escaped & inside)) break;
      escapes_ |= (escaped & inside) != 0;
      if (quotes) return at_ += std::countr_zero(quotes), true;
      before_ = after_;
    }
    at_ -= before_;
    return false;
  }

  const char* at() const { return at_; }
  // True if an escape came by.
  bool escapes() const { return escapes_; }

 private:
  static constexpr ptrdiff_t kBlock = 4 * simd::kWidth;
  using Bytes = simd::Bytes;

  struct Block {
    explicit Block(const char* at)
        : parts{simd::load(at), simd::load(at + simd::kWidth), simd::load(at + 2 * simd::kWidth),
                simd::load(at + 3 * simd::kWidth)} {}
    // Bit n is set where `test` holds for byte n.
    template <class Test>
    uint64_t bits(Test test) const {
      uint64_t low = simd::bits(Bytes(test(parts[0]))) | simd::bits(Bytes(test(parts[1]))) << simd::kWidth;
      uint64_t high = simd::bits(Bytes(test(parts[2]))) | simd::bits(Bytes(test(parts[3]))) << simd::kWidth;
      return low | high << (2 * simd::kWidth);
    }
    Bytes parts[4];
  };

  // The bytes that a backslash stands before which is not escaped itself. Sets after_.
  uint64_t escaped_in(const Block& block) {
    uint64_t slashes = block.bits([](Bytes bytes) { return bytes == '\\'; });
    if (!slashes) return after_ = 0, before_;
    constexpr uint64_t kEven = 0x5555555555555555;
    slashes &= ~before_;
    uint64_t follows = slashes << 1 | before_;
    // A run that begins at an odd place is carried to the place behind it by the addition; there even and odd
    // are the other way round.
    uint64_t odd_starts = slashes & ~kEven & ~follows, sum;
    after_ = __builtin_add_overflow(odd_starts, slashes, &sum);
    return (kEven ^ sum << 1) & follows;
  }

  // May all bytes at `places` stand behind a backslash?
  bool are_escapes(const Block& block, uint64_t places) const {
    if (!places) return true;
    // By nibble: the sets of upper and of lower ones of " / \ b f n r t u have a bit in common.
    constexpr Bytes kUpper = {0, 0, 1, 0, 0, 2, 4, 8};
    constexpr Bytes kLower = {0, 0, 1 | 4 | 8, 0, 8, 8, 4, 0, 0, 0, 0, 0, 2, 0, 4, 1};
    uint64_t known = block.bits([&](Bytes bytes) {
      return (simd::lookup(kUpper, bytes >> 4) & simd::lookup(kLower, bytes & 0x0f)) != 0;
    });
    if (places & ~known) return false;
    uint64_t units = places & block.bits([](Bytes bytes) { return bytes == 'u'; });
    for (; units; units &= units - 1)
      if (!is_unit(at_ + std::countr_zero(units))) return false;
    return true;
  }

  // Do four hexadecimal digits follow?
  bool is_unit(const char* u) const {
    if (end_ - u < 5) return false;
    for (int i = 1; i <= 4; i++) {
      char c = u[i], letter = char(c | 0x20);
      if (!((c >= '0' && c <= '9') || (letter >= 'a' && letter <= 'f'))) return false;
    }
    return true;
  }

  const char* at_;
  const char* end_;
  uint64_t before_ = 0;  // 1: the first byte of the block is escaped
  uint64_t after_ = 0;   // 1: so is the first byte behind it
  bool escapes_ = false;
};

}  // namespace json
