#include "provider/descriptor.h"

#include "config/settings.h"

#include <gtest/gtest.h>

#include "provider/provider.h"

namespace {

constexpr const char* kBuiltIn = R"({"values": {"base_url": "https://a.example", "user_agent": "tool/1"},
  "models": [{"id": "one", "aliases": ["uno"], "thinking": "level", "levels": "low,high", "output": 100},
             {"id": "two"}]})";

TEST(Descriptor, AnOverrideIsLaidOverTheBuiltIn) {
  provider::Descriptor descriptor(kBuiltIn);
  EXPECT_EQ(descriptor.value("user_agent"), "tool/1");
  EXPECT_FALSE(descriptor.lay_over(R"({"values": {"user_agent": "tool/2"},
      "models": [{"id": "one", "output": 200}, {"id": "two", "removed": true}, {"id": "three"}]})"));
  EXPECT_EQ(descriptor.value("user_agent"), "tool/2");
  EXPECT_EQ(descriptor.value("base_url"), "https://a.example");
  ASSERT_EQ(descriptor.models().size(), 2u);
  EXPECT_EQ(descriptor.models()[0].max_output, 200);
  EXPECT_EQ(descriptor.models()[0].levels, "low,high");
  EXPECT_EQ(descriptor.models()[1].id, "three");
  EXPECT_FALSE(descriptor.lay_over("{}"));
  EXPECT_EQ(descriptor.value("user_agent"), "tool/1");
  EXPECT_EQ(descriptor.models()[1].id, "two");
}

TEST(Descriptor, ABadOverrideSaysWhatIsWrongAndChangesNothing) {
  const char* bad[] = {
      "not json",
      "[]",
      R"({"valves": {}})",
      R"({"values": {"unknown": "x"}})",
      R"({"values": {"user_agent": 1}})",
      R"({"values": {"user_agent": "a\nb: c"}})",
      R"({"values": {"base_url": "http://a.example"}})",
      R"({"models": [{"upstream": "no id"}]})",
      R"({"models": [{"id": "one", "output": "many"}]})",
      R"({"models": [{"id": "one", "colour": "red"}]})",
      R"({"models": [{"id": "one", "aliases": [1]}]})",
      R"({"values": {"user_agent": "tool/2"}, "models": [{"id": ""}]})",
  };
  provider::Descriptor descriptor(kBuiltIn);
  for (const char* text : bad) {
    SCOPED_TRACE(text);
    auto problem = descriptor.lay_over(text);
    ASSERT_TRUE(problem);
    EXPECT_TRUE(problem->ends_with('.')) << *problem;
    EXPECT_EQ(descriptor.check(text), problem);
    EXPECT_EQ(descriptor.value("user_agent"), "tool/1");
    EXPECT_EQ(descriptor.models().size(), 2u);
  }
}

TEST(Descriptor, WorkerVariablesStandBetweenTheBuiltInAndTheOverride) {
  provider::Descriptor descriptor(R"({"values": {"base_url": "https://a.example", "region": "one"},
      "environment": {"TOOL_REGION": "region", "TOOL_BASE_URL": "base_url"}})");
  config::load(R"({"TOOL_REGION": "two", "TOOL_BASE_URL": "http://b.example", "OTHER": "x"})");
  auto problem = descriptor.take_environment();
  ASSERT_TRUE(problem);
  EXPECT_NE(problem->find("TOOL_BASE_URL"), problem->npos) << *problem;
  EXPECT_FALSE(descriptor.lay_over("{}"));
  EXPECT_EQ(descriptor.value("region"), "two");
  EXPECT_EQ(descriptor.value("base_url"), "https://a.example");
  EXPECT_FALSE(descriptor.lay_over(R"({"values": {"region": "three"}})"));
  EXPECT_EQ(descriptor.value("region"), "three");
  config::load("{}");
  EXPECT_FALSE(descriptor.take_environment());
  EXPECT_FALSE(descriptor.lay_over("{}"));
  EXPECT_EQ(descriptor.value("region"), "one");
}

TEST(Descriptor, EveryBuiltInIsRight) {
  for (const provider::Provider* provider : provider::all()) {
    if (!provider->descriptor()) continue;
    EXPECT_FALSE(provider->descriptor()->check("{}")) << provider->id();
    EXPECT_FALSE(provider->descriptor()->models().empty() && !provider->serves_unknown_models())
        << provider->id();
  }
}

}  // namespace
