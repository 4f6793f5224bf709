// What the fuzz targets share.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace fuzz {

// A property that must hold for every input.
inline void expect(bool holds) {
  if (!holds) std::abort();
}

// Takes a number from the front of the input.
inline uint8_t take_byte(std::string_view& input) {
  if (input.empty()) return 0;
  uint8_t byte = uint8_t(input[0]);
  input.remove_prefix(1);
  return byte;
}

// A copy of exactly the text's size, so that a sanitizer sees any read beyond it.
class Exact {
 public:
  explicit Exact(std::string_view text) : bytes_(text.begin(), text.end()) {}
  std::string_view text() const { return {bytes_.data(), bytes_.size()}; }

 private:
  std::vector<char> bytes_;
};

}  // namespace fuzz
