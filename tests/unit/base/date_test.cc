#include "base/date.h"

#include <gtest/gtest.h>

namespace {

TEST(Date, OfAMoment) {
  EXPECT_EQ(base::day_of(0), "1970-01-01");
  EXPECT_EQ(base::day_of(-1), "1969-12-31");
  EXPECT_EQ(base::day_of(1'800'000'000'000), "2027-01-15");
  EXPECT_EQ(base::moment_of(1'800'000'000'999), "2027-01-15T08:00:00Z");
  EXPECT_EQ(base::moment_of(-1), "1969-12-31T23:59:59Z");
}

TEST(Date, ReadsWhatItWrites) {
  // Every day of four centuries and more: each follows the one before, and each comes back as it was.
  std::string last;
  for (int64_t day = -40'000; day < 120'000; day++) {
    std::string text = base::day_of(day * base::kDayMs + base::kDayMs - 1);
    ASSERT_GT(text, last);
    ASSERT_EQ(base::to_ms(text), day * base::kDayMs) << text;
    last = text;
  }
  EXPECT_EQ(base::to_ms("2000-02-29"), 951'782'400'000);
  EXPECT_EQ(base::to_ms("2027-01-15T08:00:00Z"), 1'800'000'000'000);
  EXPECT_EQ(base::to_ms("2027-01-15T08:00:00.123Z"), 1'800'000'000'000);
}

TEST(Date, RefusesEverythingElse) {
  for (const char* text : {"", "2026", "2026-1-01", "2026-13-01", "2026-02-29", "2026-00-10", "2026-04-31",
                           "26-01-01", "2026-01-01T", "2026-01-01T00:00:00", "2026-01-01T24:00:00Z",
                           "2026-01-01T00:60:00Z", "2026-01-01T00:00:00+02:00", "2026-01-01T00:00:00.Z",
                           "2026-01-01 00:00:00Z", "x026-01-01", "2026-01-01T00:00:00.1x3Z", "-026-01-01"})
    EXPECT_FALSE(base::to_ms(text)) << text;
}

}  // namespace
