#include "config/chains.h"

#include <gtest/gtest.h>

#include "config/settings.h"

namespace {

using config::Chains;

TEST(Chains, AreRead) {
  Chains chains;
  EXPECT_EQ(
      config::read_chains("MODEL_ALIASES",
                          R"({"fast":"gemini-2.5-flash","best":["best","kiro/claude-sonnet-4.6"]})", chains),
      std::nullopt);
  EXPECT_EQ(chains, (Chains{{"fast", {"gemini-2.5-flash"}}, {"best", {"best", "kiro/claude-sonnet-4.6"}}}));
  EXPECT_EQ(config::read_chains("MODEL_ALIASES", "", chains), std::nullopt);
}

TEST(Chains, ABadOneIsIgnoredAsAWhole) {
  for (const char* bad :
       {"[", "[]", "5", R"({"good":"m","bad":5})", R"({"bad":[]})", R"({"bad":[""]})", R"({"bad":["m",7]})",
        R"({"":"m"})", R"({"bad":"a\nb"})", R"({"bad":["1","2","3","4","5","6","7","8","9"]})",
        R"({"a":"b","b":"m"})", R"({"a":"a"})"}) {
    Chains chains{{"before", {"m"}}};
    auto problem = config::read_chains("MODEL_ALIASES", bad, chains);
    ASSERT_TRUE(problem) << bad;
    EXPECT_TRUE(problem->starts_with("MODEL_ALIASES ")) << *problem;
    EXPECT_TRUE(problem->ends_with("It is ignored as a whole.")) << *problem;
    EXPECT_EQ(chains.size(), 1u) << bad;
  }
}

// Fallbacks of fallbacks are not followed, so that two models may stand in for each other.
TEST(Chains, FallbacksMayPointAtEachOther) {
  Chains chains;
  EXPECT_EQ(config::read_chains("FALLBACKS", R"({"a":["b"],"b":["a"]})", chains), std::nullopt);
}

TEST(Chains, EveryWrongVariableIsNamed) {
  config::load(R"({"FALLBACKS":"[]","ATTEMPTS":"0","MODEL_ALIASES":"{\"a\":\"m\"}"})");
  EXPECT_EQ(config::settings().problems.size(), 2u);
  EXPECT_EQ(config::settings().aliases.size(), 1u);
  EXPECT_TRUE(config::settings().fallbacks.empty());
  config::load("{}");
  EXPECT_TRUE(config::settings().problems.empty());
}

}  // namespace
