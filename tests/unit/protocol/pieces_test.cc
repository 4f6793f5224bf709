// The small pieces that protocols share.
#include <gtest/gtest.h>

#include <set>

#include "protocol/data_url.h"
#include "protocol/effort.h"
#include "protocol/problem.h"
#include "protocol/tool_name.h"

namespace {

TEST(DataUrl, BecomesAMediaBlock) {
  const struct {
    const char *url, *type, *body;
  } rows[] = {
      {"data:image/jpeg;base64,AAAA", "image/jpeg", "AAAA"},
      {"DATA:image/webp;charset=x;base64,BB==", "image/webp", "BB=="},
      {"data:;base64,AAAA", "fall/back", "AAAA"},
  };
  for (const auto& row : rows) {
    chat::Block block;
    ASSERT_TRUE(protocol::read_url(row.url, "fall/back", block)) << row.url;
    EXPECT_EQ(block.source, chat::Source::base64);
    EXPECT_EQ(block.media_type, row.type);
    EXPECT_EQ(block.body, row.body);
  }
  chat::Block block;
  ASSERT_TRUE(protocol::read_url("https://x.example/a,b", "fall/back", block));
  EXPECT_EQ(block.source, chat::Source::url);
  EXPECT_EQ(block.body, "https://x.example/a,b");
  for (const char* bad : {"data:", "data:text/plain,hello", "data:image/png;base64"})
    EXPECT_FALSE(protocol::read_url(bad, "", block)) << bad;
}

TEST(DataUrl, KnowsTypesByTheirExtension) {
  EXPECT_EQ(protocol::media_type_of("A.PDF"), "application/pdf");
  EXPECT_EQ(protocol::media_type_of("x.tar.gz"), "application/octet-stream");
  EXPECT_EQ(protocol::media_type_of(""), "application/octet-stream");
  EXPECT_EQ(protocol::media_type_of("png"), "application/octet-stream");
}

TEST(Effort, WordsAndBudgetsAreOneLadder) {
  using Effort = chat::Thinking::Effort;
  for (const char* word : {"none", "minimal", "low", "medium", "high", "xhigh", "max"}) {
    auto effort = protocol::effort_of(word);
    ASSERT_TRUE(effort) << word;
    EXPECT_EQ(protocol::word_of(*effort), word);
    EXPECT_EQ(protocol::effort_of_budget(*protocol::budget_of(*effort)), *effort);
  }
  EXPECT_FALSE(protocol::effort_of("heroic"));
  EXPECT_FALSE(protocol::budget_of(Effort::unset));
  EXPECT_EQ(protocol::effort_of_budget(-1), Effort::unset);
  EXPECT_EQ(protocol::effort_of_budget(1025), Effort::medium);
  EXPECT_EQ(protocol::effort_of_budget(10'000'000), Effort::max);
}

TEST(ToolId, StaysDifferentAndWithinTheRules) {
  std::string scratch;
  for (std::string_view id : {"call_1", "toolu_01-Ab", "_"})
    EXPECT_EQ(protocol::safe_tool_id(id, scratch), id);
  std::string longest(64, 'x'), longer(65, 'x'), other = longer + "y";
  EXPECT_EQ(protocol::safe_tool_id(longest, scratch), longest);
  std::set<std::string> safe;
  const std::string_view kIds[] = {"", "a b", "a_b.", "a.b", "f:0", "\\u00fc", longer, other};
  for (std::string_view id : kIds) {
    for (size_t most : {64, 40}) {
      std::string mapped(protocol::safe_tool_id(id, scratch, most));
      EXPECT_FALSE(mapped.empty());
      EXPECT_LE(mapped.size(), most);
      for (char c : mapped) EXPECT_TRUE(isalnum(c) || c == '_' || c == '-') << mapped;
      EXPECT_EQ(protocol::safe_tool_id(id, scratch, most), mapped);
      if (most == 64) EXPECT_TRUE(safe.insert(mapped).second) << id;
    }
  }
}

TEST(ToolName, StaysWhenItIsSafe) {
  std::string scratch;
  for (const char* name : {"f", "_x", "get-weather_2", "ABC"})
    EXPECT_EQ(protocol::safe_tool_name(name, scratch), name);
  std::string longest(64, 'a');
  EXPECT_EQ(protocol::safe_tool_name(longest, scratch), longest);
}

TEST(ToolName, BecomesSafeAndFindsItsWayBack) {
  std::vector<chat::Tool> tools;
  std::string long_one(65, 'a'), long_other = long_one + "b";
  for (std::string_view name :
       {std::string_view("a.b"), std::string_view("a/b"), std::string_view("9"), std::string_view(""),
        std::string_view("日本"), std::string_view(long_one), std::string_view(long_other)}) {
    tools.push_back({});
    tools.back().name = name;
  }
  std::vector<std::string> safe;
  for (const chat::Tool& tool : tools) {
    std::string scratch;
    safe.emplace_back(protocol::safe_tool_name(tool.name, scratch));
    EXPECT_LE(safe.back().size(), 64u);
    EXPECT_EQ(
        safe.back().find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"),
        std::string::npos);
    EXPECT_TRUE(safe.back()[0] == '_' || (safe.back()[0] | 32) >= 'a') << safe.back();
    EXPECT_EQ(protocol::declared_tool_name(tools, safe.back()), tool.name);
    std::string again;
    EXPECT_EQ(protocol::safe_tool_name(safe.back(), again), safe.back());
  }
  EXPECT_NE(safe[0], safe[1]);
  EXPECT_NE(safe[5], safe[6]);
  EXPECT_EQ(protocol::declared_tool_name(tools, "unheard_of"), "unheard_of");
}

TEST(Problem, NamesFieldAndKind) {
  json::Document document;
  ASSERT_EQ(document.parse("[1]"), json::Error::none);
  chat::Error error = protocol::wrong_type("stop", "a string", document.root());
  EXPECT_EQ(error.message, "Invalid type for 'stop': expected a string, but got an array instead.");
  EXPECT_EQ(error.param, "stop");
  EXPECT_EQ(chat::status_of(error), 400);
  EXPECT_EQ(protocol::wrong_type("x", "a string", {}).message,
            "Invalid type for 'x': expected a string, but got nothing instead.");
  EXPECT_EQ(protocol::missing("model").message, "Missing required parameter: 'model'.");
  EXPECT_EQ(protocol::element("messages", 3), "messages[3]");
  EXPECT_EQ(protocol::element("messages", 3, "content"), "messages[3].content");
}

}  // namespace
