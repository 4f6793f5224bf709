#include "json/escape.h"

#include <gtest/gtest.h>

#include "json/document.h"

namespace {

TEST(Escape, EscapesWhatMustBeAndNothingElse) {
  EXPECT_EQ(json::escaped("a\"b\\c/d"), R"(a\"b\\c/d)");
  EXPECT_EQ(json::escaped("\b\f\n\r\t"), R"(\b\f\n\r\t)");
  EXPECT_EQ(json::escaped(std::string_view("\0\x1f\x7f", 3)), std::string("\\u0000\\u001f\x7f"));
  EXPECT_EQ(json::escaped("é日😀"), "é日😀");
}

// Vectors look at sixteen bytes at a time: every place of a special byte, in texts of every length around it.
TEST(Escape, FindsASpecialByteWhereverItStands) {
  for (size_t size = 1; size < 70; size++) {
    for (size_t at = 0; at < size; at++) {
      std::string text(size, 'x');
      text[at] = '"';
      std::string expected = text;
      expected.insert(at, "\\");
      EXPECT_EQ(json::escaped(text), expected) << size << " " << at;
      EXPECT_EQ(json::unescaped(expected), text) << size << " " << at;
    }
  }
}

TEST(Escape, UnescapesSurrogates) {
  EXPECT_EQ(json::unescaped(R"(\uD83D\uDE00)"), "😀");
  EXPECT_EQ(json::unescaped(R"(\udbff\udfff)"), "\xF4\x8F\xBF\xBF");
  EXPECT_EQ(json::unescaped(R"(\u00e9\u65e5)"), "é日");
  const char* replacement = "\xEF\xBF\xBD";
  for (const char* lone : {R"(\ud83d)", R"(\ude00)"}) EXPECT_EQ(json::unescaped(lone), replacement) << lone;
  EXPECT_EQ(json::unescaped(R"(\ud83dx)"), std::string(replacement) + "x");
  EXPECT_EQ(json::unescaped(R"(\ud83d\n)"), std::string(replacement) + "\n");
  EXPECT_EQ(json::unescaped(R"(\ud83d\ud83d\ude00)"), std::string(replacement) + "😀");
}

TEST(Escape, RoundTripsEveryCharacter) {
  std::string text;
  for (uint32_t point = 0; point < 0x80; point++) text += char(point);
  EXPECT_EQ(json::unescaped(json::escaped(text)), text);
  EXPECT_EQ(json::unescaped(R"(\"\\\/\b\f\n\r\t)"), "\"\\/\b\f\n\r\t");
}

}  // namespace
