// UTF-8 validation by table lookup, sixteen bytes at a time: John Keiser and Daniel Lemire, "Validating UTF-8
// In Less Than One Instruction Per Byte", 2021.
//
// Whether two neighbouring bytes can stand together depends on three nibbles: both of the first byte and the
// upper one of the second. Each nibble looks up the set of mistakes it allows; a mistake in all three sets is
// an error. Only the number of continuation bytes of three- and four-byte characters needs a look further
// back.
#include "json/utf8.h"

#include "json/simd.h"

namespace json {

namespace {
using simd::Bytes;

enum Mistake : uint8_t {
  too_short = 1 << 0,   // a leading byte without its continuation
  too_long = 1 << 1,    // a continuation after ASCII
  overlong_3 = 1 << 2,  // e0 80..9f
  too_large = 1 << 3,   // f4 90.. and f5.. and above
  surrogate = 1 << 4,   // ed a0..bf
  overlong_2 = 1 << 5,  // c0, c1
  // f0 80..8f is too short a number; f5..ff 80..8f too large a one. No second byte is in both sets of the
  // table below that could confuse them, so they share a bit.
  too_large_1000 = 1 << 6,
  overlong_4 = 1 << 6,
  two_continuations = 1 << 7,  // a mistake unless the bytes before ask for it, see `check`
};
constexpr uint8_t carry =
    too_short | too_long | two_continuations;  // the first byte's lower nibble decides nothing

constexpr Bytes by_first_upper = {
    too_long,
    too_long,
    too_long,
    too_long,
    too_long,
    too_long,
    too_long,
    too_long,  // 0x..7x: ASCII
    two_continuations,
    two_continuations,
    two_continuations,
    two_continuations,  // 8x..bx
    too_short | overlong_2,
    too_short,
    too_short | overlong_3 | surrogate,                   // cx, dx, ex
    too_short | too_large | too_large_1000 | overlong_4,  // fx
};
constexpr Bytes by_first_lower = {
    carry | overlong_3 | overlong_2 | overlong_4,  // c0, e0, f0
    carry | overlong_2,                            // c1
    carry,
    carry,
    carry | too_large,  // f4
    carry | too_large | too_large_1000,
    carry | too_large | too_large_1000,
    carry | too_large | too_large_1000,
    carry | too_large | too_large_1000,
    carry | too_large | too_large_1000,
    carry | too_large | too_large_1000,
    carry | too_large | too_large_1000,
    carry | too_large | too_large_1000,
    carry | too_large | too_large_1000 | surrogate,  // ed
    carry | too_large | too_large_1000,
    carry | too_large | too_large_1000,
};
constexpr uint8_t any_continuation = too_long | overlong_2 | two_continuations;
constexpr Bytes by_second_upper = {
    too_short,
    too_short,
    too_short,
    too_short,
    too_short,
    too_short,
    too_short,
    too_short,                                                    // 0x..7x: ASCII
    any_continuation | overlong_3 | too_large_1000 | overlong_4,  // 8x
    any_continuation | overlong_3 | too_large,                    // 9x
    any_continuation | surrogate | too_large,
    any_continuation | surrogate | too_large,  // ax, bx
    too_short,
    too_short,
    too_short,
    too_short,  // cx..fx
};
// A block that ends with bytes above these has begun a character that it does not finish.
constexpr Bytes finished = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                            0xff, 0xff, 0xff, 0xff, 0xff, 0xef, 0xdf, 0xbf};

// `block` moved on by n lanes, so that every lane holds the byte n places before it.
template <int n>
Bytes preceding(Bytes block, Bytes before) {
  return __builtin_shufflevector(before, block, 16 - n, 17 - n, 18 - n, 19 - n, 20 - n, 21 - n, 22 - n,
                                 23 - n, 24 - n, 25 - n, 26 - n, 27 - n, 28 - n, 29 - n, 30 - n, 31 - n);
}

// Non-zero where `block`, which follows `before`, is not UTF-8.
Bytes check(Bytes block, Bytes before) {
  Bytes first = preceding<1>(block, before);
  Bytes mistakes = simd::lookup(by_first_upper, first >> 4) & simd::lookup(by_first_lower, first & 0x0f) &
                   simd::lookup(by_second_upper, block >> 4);
  Bytes third = Bytes(preceding<2>(block, before) >= 0xe0);
  Bytes fourth = Bytes(preceding<3>(block, before) >= 0xf0);
  // Two continuations in a row are right exactly where a three- or four-byte character has its third or
  // fourth byte.
  return mistakes ^ ((third | fourth) & uint8_t(two_continuations));
}

struct Validator {
  Bytes errors = {};
  Bytes before = {};
  Bytes unfinished = {};

  void block(Bytes bytes) {
    errors |= check(bytes, before);
    unfinished = Bytes(bytes > finished);
    before = bytes;
  }
  void ascii(Bytes last) {
    errors |= unfinished;
    unfinished = Bytes{};
    before = last;
  }
  // The events of a stream are short, and mostly ASCII.
  void next(Bytes bytes) { simd::bits(bytes) ? block(bytes) : ascii(bytes); }
  bool valid() const { return !simd::any(errors | unfinished); }
};
}  // namespace

bool utf8_valid(std::string_view text) {
  const char* at = text.data();
  const char* end = at + text.size();
  Validator validator;
  for (; end - at >= 4 * simd::kWidth; at += 4 * simd::kWidth) {
    Bytes a = simd::load(at), b = simd::load(at + 16), c = simd::load(at + 32), d = simd::load(at + 48);
    if (!simd::bits(a | b | c | d)) {
      validator.ascii(d);
    } else {
      validator.block(a), validator.block(b), validator.block(c), validator.block(d);
    }
  }
  for (; end - at >= simd::kWidth; at += simd::kWidth) validator.next(simd::load(at));
  validator.next(simd::load_tail(at, end - at));  // zeros count as ASCII, so a cut character is too short
  return validator.valid();
}

}  // namespace json
