#include "json/document.h"

#include <gtest/gtest.h>

#include "json/edit.h"
#include "json/escape.h"
#include "json/utf8.h"

namespace {

json::Error parse(std::string_view text) {
  // A copy of exactly the text's size, so that a sanitizer sees any read beyond it.
  std::vector<char> exact(text.begin(), text.end());
  json::Document document;
  return document.parse({exact.data(), exact.size()});
}

TEST(Document, AcceptsTheGrammar) {
  for (const char* text : {"null", " true ", "false", "0", "-0.5e+10", "12E3", "\"\"", "\"\\u00e9\\n\"", "[]",
                           "{}", "[1,[2,{\"a\":[]}],\"x\"]", "{\"a\":1,\"a\":2}", "\"\\ud800\""}) {
    EXPECT_EQ(parse(text), json::Error::none) << text;
  }
}

TEST(Document, RefusesEverythingElse) {
  for (const char* text : {"",
                           " ",
                           "nul",
                           "01",
                           "1.",
                           ".5",
                           "+1",
                           "1e",
                           "\"",
                           "\"\\x\"",
                           "\"\\u12g4\"",
                           "\"\n\"",
                           "[",
                           "[1,]",
                           "[1 2]",
                           "{",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{a:1}",
                           "{\"a\":1,}",
                           "1 2",
                           "]",
                           "\xef\xbb\xbf{}",
                           "\"\xff\""}) {
    EXPECT_NE(parse(text), json::Error::none) << text;
  }
}

TEST(Document, RefusesEveryTruncation) {
  std::string text =
      R"({"model":"x","messages":[{"role":"user","content":"a long text with \"quotes\" and 日本語 😀"}],"n":[1.5e3,true,null]})";
  for (size_t size = 0; size < text.size(); size++)
    EXPECT_NE(parse(text.substr(0, size)), json::Error::none) << size;
  EXPECT_EQ(parse(text), json::Error::none);
}

TEST(Document, BoundsDepth) {
  EXPECT_EQ(parse(std::string(256, '[') + std::string(256, ']')), json::Error::none);
  EXPECT_EQ(parse(std::string(257, '[') + std::string(257, ']')), json::Error::depth);
  EXPECT_EQ(parse(std::string(1'000'000, '[')), json::Error::depth);
}

TEST(Document, FindsInvalidUtf8AtEveryPosition) {
  for (size_t size = 1; size < 80; size++) {
    for (size_t at = 0; at < size; at++) {
      std::string text(size, 'a');
      EXPECT_TRUE(json::utf8_valid(text));
      text[at] = char(0xC0);
      EXPECT_FALSE(json::utf8_valid(text)) << size << " " << at;
    }
  }
  for (const char* bad : {"\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE0\x80\x80", "\xF0\x9F\x98", "\x80"})
    EXPECT_FALSE(json::utf8_valid(bad));
  EXPECT_TRUE(json::utf8_valid("aé日😀"));
}

TEST(Value, LooksUpTheLastDuplicateHoweverItIsEscaped) {
  json::Document document;
  ASSERT_EQ(document.parse(R"({"key":1,"k\u0065y":2})"), json::Error::none);
  EXPECT_EQ(document.root()["key"].to_int(), 2);
  EXPECT_FALSE(document.root()["other"]);
  EXPECT_FALSE(document.root()["key"]["deeper"]["still"]);
}

TEST(Escape, RoundTrips) {
  std::string text;
  for (int c = 0; c < 128; c++) text += char(c);
  text += "é日😀";
  EXPECT_EQ(json::unescaped(json::escaped(text)), text);
  EXPECT_EQ(json::unescaped(R"(\ud83d\ude00)"), "😀");
  EXPECT_EQ(json::unescaped(R"(a\ud800b)"),
            "a\xEF\xBF\xBD"
            "b");
}

TEST(Edit, KeepsEveryByteItIsNotAskedToChange) {
  json::Document document;
  ASSERT_EQ(document.parse("{ \"model\" : \"a\",\t\"x\": 1.50e1 , \"model\":\"b\",\"gone\":[1]}"),
            json::Error::none);
  std::string out;
  json::edit(document.root(), {{"model", "\"new\""}, {"gone", ""}, {"added", "true"}}, out);
  json::Document edited;
  ASSERT_EQ(edited.parse(out), json::Error::none) << out;
  EXPECT_NE(out.find("\"x\": 1.50e1"), out.npos) << out;
  EXPECT_EQ(edited.root()["model"].str(), "new");
  EXPECT_FALSE(edited.root()["gone"]);
  EXPECT_TRUE(edited.root()["added"].is_true());
}

}  // namespace
