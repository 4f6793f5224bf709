// Which of a turn's calls are the gateway's own searches, and what the client sees of them.
#include "gateway/web_search.h"

#include <gtest/gtest.h>

namespace {

using Type = chat::Event::Type;

struct Heard final : chat::Sink {
  std::string text;
  int64_t output = 0;
  void event(const chat::Event& event) override {
    if (event.type == Type::text) text += event.text;
    if (event.type == Type::tool_call)
      text += "<" + std::string(event.name) + std::to_string(event.index) + ">";
    if (event.type == Type::finish) text += event.finish == chat::Finish::stop ? "." : "!";
  }
  void usage(const chat::Usage& usage) override { output = usage.output; }
  void end() override { text += "end"; }
  void fail(const chat::Error&) override { text += "fail"; }
};

void call(chat::Sink& to, std::string_view name, uint16_t index) {
  to.event({.type = Type::tool_call, .index = index, .id = "c", .name = name});
  to.event({.type = Type::tool_arguments, .index = index, .arguments = {R"({\"query\":\"q\"})", true}});
  to.event({.type = Type::tool_end, .index = index});
}
void finish(chat::Sink& to, chat::Finish how) {
  to.event({.type = Type::finish, .finish = how});
  to.end();
}

TEST(WebSearch, ATurnOfSearchesAloneIsNotOver) {
  Heard heard;
  gateway::WebSearch search("web_search", heard);
  search.event({.type = Type::text, .text = "Let me see"});
  call(search, "web_search", 0);
  finish(search, chat::Finish::tool_calls);
  EXPECT_TRUE(search.pending());
  EXPECT_EQ(heard.text, "Let me see");
}

TEST(WebSearch, BesideTheClientsCallsTheyAreLeftOut) {
  Heard heard;
  gateway::WebSearch search("web_search", heard);
  call(search, "weather", 0);
  call(search, "web_search", 1);
  call(search, "weather", 2);
  finish(search, chat::Finish::tool_calls);
  EXPECT_FALSE(search.pending());
  EXPECT_EQ(heard.text, "<weather0><weather1>!end");
}

TEST(WebSearch, ACallThatWasCutIsNoSearch) {
  Heard heard;
  gateway::WebSearch search("web_search", heard);
  call(search, "web_search", 0);
  finish(search, chat::Finish::length);
  EXPECT_FALSE(search.pending());
  EXPECT_EQ(heard.text, "!end");
}

TEST(WebSearch, WithoutAToolNothingIsOurs) {
  Heard heard;
  gateway::WebSearch search("", heard);
  call(search, "web_search", 0);
  search.usage({.output = 5});
  finish(search, chat::Finish::tool_calls);
  EXPECT_EQ(heard.text, "<web_search0>!end");
  EXPECT_EQ(heard.output, 5);
}

}  // namespace
