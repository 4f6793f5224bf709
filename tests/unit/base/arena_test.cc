#include "base/arena.h"

#include <gtest/gtest.h>

#include <string>

namespace {

TEST(Arena, KeepsEveryCopyWhereItIs) {
  base::Arena arena;
  std::vector<std::pair<std::string, std::string_view>> copies;
  for (size_t size = 0; size < 300; size += 7) {
    std::string text(size * 40 % 9000, char('a' + size % 26));
    copies.emplace_back(text, arena.copy(text));
  }
  for (const auto& [text, copy] : copies) EXPECT_EQ(text, copy);
}

TEST(Arena, GivesOutBytesThatDoNotOverlap) {
  base::Arena arena;
  char* first = arena.take(4000);
  char* second = arena.take(4000);
  std::memset(first, 1, 4000);
  std::memset(second, 2, 4000);
  EXPECT_EQ(first[3999], 1);
  EXPECT_EQ(second[0], 2);
  EXPECT_TRUE(arena.copy("").empty());
}

}  // namespace
