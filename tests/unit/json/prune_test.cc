#include "json/prune.h"

#include <gtest/gtest.h>

namespace {

std::string pruned(std::string text, std::string_view path, std::string_view name, bool found = true) {
  EXPECT_EQ(json::prune(text, 0, path, name), found) << path << " " << name;
  return text;
}

TEST(Prune, TakesAMemberAndItsComma) {
  EXPECT_EQ(pruned(R"({"a":1, "b":2, "c":3})", "", "a"), R"({"b":2, "c":3})");
  EXPECT_EQ(pruned(R"({"a":1, "b":2, "c":3})", "", "b"), R"({"a":1, "c":3})");
  EXPECT_EQ(pruned(R"({"a":1, "b":2, "c":3})", "", "c"), R"({"a":1, "b":2})");
  EXPECT_EQ(pruned(R"({"a":{"b":",\"}"}})", "a", "b"), R"({"a":{}})");
}

TEST(Prune, FollowsAPathInTheSpellingOfProtobufs) {
  const char* body =
      R"({"generationConfig":{"topK":1},"tools":[{},{"functionDeclarations":[{"parameters":{"properties":{"x":{"type":"a"},"y":{"enum":[1]}}}}]}]})";
  EXPECT_EQ(pruned(body, "request.generation_config", "top_k").find("topK"), std::string::npos);
  EXPECT_EQ(pruned(body, "generation_config", "topK").find("topK"), std::string::npos);
  const char* deep = "request.tools[1].function_declarations[0].parameters.properties[1].value";
  EXPECT_EQ(pruned(body, deep, "enum").find("enum"), std::string::npos);
}

TEST(Prune, LeavesAloneWhatItDoesNotFind) {
  for (const char* path : {"", "a", "a[0]", "a[9]", "[", "a.b.c", "request.request"}) {
    EXPECT_EQ(pruned(R"({"a":[1]})", path, "nothing", false), R"({"a":[1]})");
  }
  EXPECT_EQ(pruned("{", "", "a", false), "{");
  std::string message = "POST x\n\n{\"a\":1}";
  EXPECT_TRUE(json::prune(message, 8, "", "a"));
  EXPECT_EQ(message, "POST x\n\n{}");
}

}  // namespace
