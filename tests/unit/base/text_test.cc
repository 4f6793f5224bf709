#include "base/text.h"

#include <gtest/gtest.h>

namespace {

TEST(Text, ReadsWholeIntegersOnly) {
  EXPECT_EQ(base::to_int("0"), 0);
  EXPECT_EQ(base::to_int("+7"), 7);
  EXPECT_EQ(base::to_int("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(base::to_int("9223372036854775807"), INT64_MAX);
  for (const char* bad : {"", "-", "+", "+-1", "1 ", " 1", "1x", "0x10", "1.0", "9223372036854775808"})
    EXPECT_FALSE(base::to_int(bad)) << bad;
  EXPECT_EQ(base::to_text(INT64_MIN), "-9223372036854775808");
}

TEST(Text, ReadsTheIntegerPartOfJsonNumbers) {
  const struct {
    const char* text;
    int64_t value;
  } rows[] = {
      {"12", 12},
      {"-0", 0},
      {"4096.0", 4096},
      {"1e3", 1000},
      {"1.5e1", 15},
      {"15e-1", 1},
      {"-1.9", -1},
      {"0.001e3", 1},
      {"1e400", INT64_MAX},
      {"-1e99", INT64_MIN},
      {"9223372036854775807", INT64_MAX},
      {"9223372036854775808", INT64_MAX},
      {"0e999999999999999999", 0},
      {"1e-999999999999999999", 0},
  };
  for (const auto& row : rows) EXPECT_EQ(base::number_to_int(row.text), row.value) << row.text;
  for (const char* bad : {"", "-", "01", "1.", ".5", "1e", "1e+", "abc", "1 "})
    EXPECT_FALSE(base::number_to_int(bad)) << bad;
}

TEST(Text, CodesBase64AsTheRfcShows) {
  const struct {
    const char *plain, *coded;
  } rows[] = {{"", ""},
              {"f", "Zg=="},
              {"fo", "Zm8="},
              {"foo", "Zm9v"},
              {"foob", "Zm9vYg=="},
              {"fooba", "Zm9vYmE="},
              {"foobar", "Zm9vYmFy"}};
  for (const auto& row : rows) {
    EXPECT_EQ(base::base64(row.plain), row.coded);
    EXPECT_EQ(base::base64_decode(row.coded), row.plain);
    EXPECT_EQ(base::base64_decode(base::base64_url(row.plain)), row.plain);
  }
  EXPECT_EQ(base::base64("\xfb\xff"), "+/8=");
  EXPECT_EQ(base::base64_url("\xfb\xff"), "-_8");
  EXPECT_EQ(base::base64_decode("-_8"), "\xfb\xff");
}

TEST(Text, RefusesWhatIsNotBase64) {
  for (const char* bad : {"Z", "Zm9vY", "Zg=", "Z===", "Zm9v Yg==", "Zm9v\n", "Z.==", "====", "Zg==Zg=="})
    EXPECT_FALSE(base::base64_decode(bad)) << bad;
}

TEST(Text, CodesUrls) {
  EXPECT_EQ(base::url_encode("a b/c?é~-._"), "a%20b%2Fc%3F%C3%A9~-._");
  EXPECT_EQ(base::url_decode("a%20b%2fc+d"), "a b/c+d");
  EXPECT_EQ(base::url_decode("100% %zz %4"), "100% %zz %4");
  EXPECT_EQ(base::query_value("a=1&key=x%20y+z&key=2", "key"), "x y z");
  EXPECT_EQ(base::query_value("key", "key"), "");
  EXPECT_FALSE(base::query_value("keys=1", "key"));
  EXPECT_FALSE(base::query_value("", "key"));
}

TEST(Text, TakesTextApart) {
  std::string_view text = "a:b:c";
  EXPECT_EQ(base::take_until(text, ':'), "a");
  EXPECT_EQ(text, "b:c");
  EXPECT_EQ(base::take_until(text, '!'), "b:c");
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(base::trim(" \t x y\r\n"), "x y");
  EXPECT_EQ(base::trim(" \n"), "");
  EXPECT_TRUE(base::starts_with_ignoring_case("Bearer x", "bEARER "));
  EXPECT_FALSE(base::starts_with_ignoring_case("Bea", "bearer"));
  EXPECT_FALSE(base::equals_ignoring_case("abc", "abcd"));
  EXPECT_EQ(base::lower("AbÉ"), "abÉ");
  EXPECT_EQ(base::hex(std::string_view("\x00\xff\x10", 3)), "00ff10");
}

TEST(Text, ComparesSecretsByValue) {
  EXPECT_TRUE(base::equals_in_constant_time("", ""));
  EXPECT_FALSE(base::equals_in_constant_time("a", ""));
  std::string one(100, 'x');
  for (size_t i = 0; i < one.size(); i++) {
    std::string other = one;
    other[i] = 'y';
    EXPECT_FALSE(base::equals_in_constant_time(one, other)) << i;
  }
}

}  // namespace
