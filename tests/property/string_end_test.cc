// Strings are read 64 bytes at a time: wherever escapes, quotes and mistakes fall, the outcome is that of
// reading byte by byte.
#include "json/document.h"

#include <gtest/gtest.h>

#include <cctype>
#include <random>

namespace {

using json::Error;

struct Outcome {
  Error error = Error::none;
  size_t at = 0;  // the closing quote, or what is wrong
  bool escaped = false;
  bool operator==(const Outcome&) const = default;
};

bool is_unit(std::string_view text, size_t at) {
  if (text.size() - at < 4) return false;
  for (size_t i = at; i < at + 4; i++)
    if (!std::isxdigit(uint8_t(text[i]))) return false;
  return true;
}

// The string whose opening quote is at `from`.
Outcome read_slowly(std::string_view text, size_t from) {
  bool escaped = false;
  for (size_t at = from + 1; at < text.size(); at++) {
    if (text[at] == '"') return {Error::none, at, escaped};
    if (uint8_t(text[at]) < 0x20) return {Error::string, at, escaped};
    if (text[at] != '\\') continue;
    std::string_view rest = text.substr(at + 1);
    bool unit = rest.starts_with('u') && is_unit(rest, 1);
    bool brief = !rest.empty() && std::string_view("\"\\/bfnrt").find(rest[0]) != std::string_view::npos;
    if (!unit && !brief) return {Error::string, at, escaped};
    escaped = true;
    at += unit ? 5 : 1;
  }
  return {Error::string, text.size(), escaped};
}

Outcome read(std::string_view text, size_t from) {
  std::vector<char> exact(text.begin(), text.end());  // a sanitizer sees any read beyond it
  json::Document document;
  Error error = document.parse({exact.data(), exact.size()});
  if (error != Error::none) return {error, document.error_offset(), false};
  return {error, from + document.root().raw().size() - 1, document.root().escaped()};
}

constexpr const char* kRight[] = {"a",
                                  "\\\\",
                                  "\\\"",
                                  "\\/",
                                  "\\n",
                                  "\\u00e9",
                                  "\\ud83d\\ude00",
                                  "\xc3\xa9",
                                  "\\\\\\\\\\\\\\\\\\\"",
                                  "01234567890123456"};
constexpr const char* kWrong[] = {"\n", "\\x", "\\u12g4", "\\u12", "\\", "\x1f", "\\'"};

TEST(StringEnd, IsWhereReadingByteByByteFindsIt) {
  std::mt19937 random(20261129);
  auto any = [&](size_t below) { return random() % below; };
  for (int round = 0; round < 20'000; round++) {
    std::string inner;
    size_t pieces = any(24), wrong = any(3) == 0 ? any(pieces + 1) : pieces;
    for (size_t i = 0; i < pieces; i++) {
      if (i == wrong) inner += kWrong[any(std::size(kWrong))];
      inner += kRight[any(std::size(kRight))];
    }
    size_t from = any(70);
    std::string text = std::string(from, ' ') + '"' + inner + '"' + std::string(any(90), ' ');
    Outcome slowly = read_slowly(text, from), found = read(text, from);
    bool ends_early = slowly.error == Error::none && text.find_first_not_of(' ', slowly.at + 1) != text.npos;
    if (ends_early) {
      EXPECT_NE(found.error, Error::none) << text;
      continue;
    }
    if (slowly.error != Error::none) slowly.escaped = false;
    ASSERT_EQ(found, slowly) << text << "\nat " << found.at << ", byte by byte " << slowly.at;
  }
}

}  // namespace
