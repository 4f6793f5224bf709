#include "json/document.h"

#include <gtest/gtest.h>

namespace {

TEST(Value, AnswersForEveryKind) {
  json::Document document;
  ASSERT_EQ(document.parse(R"({"s":"a\n","n":12.9,"t":true,"f":false,"z":null,"a":[1,[2],3],"o":{"k":1}})"),
            json::Error::none);
  json::Value root = document.root();
  EXPECT_EQ(root.size(), 7u);
  EXPECT_EQ(root["s"].str(), "a\n");
  EXPECT_EQ(root["s"].inner(), "a\\n");
  EXPECT_TRUE(root["s"].escaped());
  EXPECT_TRUE(root["s"].equals("a\n"));
  EXPECT_EQ(root["n"].to_int(), 12);
  EXPECT_EQ(root["n"].raw(), "12.9");
  EXPECT_TRUE(root["t"].is_true() && root["f"].is_false() && root["z"].is_null());
  EXPECT_FALSE(root["z"].has_value());
  EXPECT_TRUE(root["f"].has_value());
  EXPECT_EQ(root["a"].size(), 3u);
  EXPECT_EQ(root["a"].raw(), "[1,[2],3]");
}

TEST(Value, MissingIsHarmless) {
  json::Document document;
  ASSERT_EQ(document.parse("[]"), json::Error::none);
  json::Value missing = document.root()["x"]["y"];
  EXPECT_FALSE(missing);
  EXPECT_EQ(missing.raw(), "");
  EXPECT_EQ(missing.str(), "");
  EXPECT_EQ(missing.size(), 0u);
  EXPECT_EQ(missing.to_int(5), 5);
  for (auto [key, value] : missing.items()) FAIL();
  for (auto [key, value] : document.root().items()) FAIL();
}

TEST(Value, IteratesOverNestedContainers) {
  json::Document document;
  ASSERT_EQ(document.parse(R"({"a":{"deep":[[[]]]},"b":[{},{}],"c":1})"), json::Error::none);
  std::string keys;
  for (auto [key, value] : document.root().items()) keys += std::string(key.inner()) + value.raw().front();
  EXPECT_EQ(keys, "a{b[c1");
  size_t elements = 0;
  for (auto [key, value] : document.root()["b"].items()) {
    EXPECT_FALSE(key);
    elements += value.is_object();
  }
  EXPECT_EQ(elements, 2u);
}

TEST(Document, SaysWhereItFailed) {
  json::Document document;
  EXPECT_NE(document.parse(R"({"a":1,})"), json::Error::none);
  EXPECT_EQ(document.error_offset(), 7u);
  EXPECT_FALSE(document.root());
  EXPECT_EQ(document.parse("[1 2]"), json::Error::syntax);
  EXPECT_EQ(document.error_offset(), 3u);
  EXPECT_EQ(document.parse("1 2"), json::Error::trailing);
  EXPECT_FALSE(json::describe(json::Error::utf8).empty());
}

TEST(Document, IsParsedIntoAgain) {
  json::Document document;
  for (const char* text : {"[1,2,3]", "{}", "\"x\"", "[[],[],[[]]]"}) {
    ASSERT_EQ(document.parse(text), json::Error::none);
    EXPECT_EQ(document.root().raw(), text);
  }
}

}  // namespace
