#include "json/edit.h"

#include <gtest/gtest.h>

namespace {

std::string edit(std::string_view text, std::initializer_list<json::Edit> edits) {
  json::Document document;
  EXPECT_EQ(document.parse(text), json::Error::none) << text;
  std::string out;
  json::edit(document.root(), edits, out);
  return out;
}

TEST(Edit, ReplacesInPlace) {
  EXPECT_EQ(edit(R"({"a": 1, "b":2})", {{"a", "[3]"}}), R"({"a": [3], "b":2})");
  EXPECT_EQ(edit(R"({"a":1,"a":2})", {{"a", "3"}}), R"({"a":3,"a":3})");
  EXPECT_EQ(edit(R"({"\u0061":1})", {{"a", "3"}}), R"({"\u0061":3})");
  EXPECT_EQ(edit(R"({"x":{"a":1}})", {{"a", "3"}}), R"({"x":{"a":1},"a":3})");
}

TEST(Edit, AppendsAndRemovesWithTheRightCommas) {
  for (const char* text : {"{}", "{ }", R"({"a":1})", R"({"a":1,"b":2})", R"({"b":2,"a":1})",
                           R"({"b":2 , "a":1 , "c":3})", R"({"a":1,"a":2})"}) {
    for (std::initializer_list<json::Edit> edits : {std::initializer_list<json::Edit>{{"a", ""}},
                                                    {{"z", "9"}},
                                                    {{"a", ""}, {"z", "9"}},
                                                    {{"z", "9"}, {"a", ""}}}) {
      std::string out = edit(text, edits);
      json::Document document;
      ASSERT_EQ(document.parse(out), json::Error::none) << text << " became " << out;
      for (const json::Edit& each : edits) {
        EXPECT_EQ(document.root()[each.key].raw(), each.value) << text << " became " << out;
      }
    }
  }
}

TEST(Edit, WithoutEditsChangesNothing) {
  const char* text = "{ \"a\" : [ 1 , 2.50 ] }";
  EXPECT_EQ(edit(text, {}), text);
}

}  // namespace
