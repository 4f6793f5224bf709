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

// Which turns are not over, and what of each the client hears.
TEST(WebSearch, OnlyATurnOfSearchesAloneGoesOn) {
  const struct {
    const char* name;
    std::string_view said;
    std::vector<std::string_view> calls;
    chat::Finish how;
    bool pending;
    const char* heard;
  } cases[] = {
      {"searches alone", "Let me see", {"web_search"}, chat::Finish::tool_calls, true, "Let me see"},
      {"beside the client's calls they are left out",
       "",
       {"weather", "web_search", "weather"},
       chat::Finish::tool_calls,
       false,
       "<weather0><weather1>!end"},
      {"a call that was cut is no search", "", {"web_search"}, chat::Finish::length, false, "!end"},
  };
  for (const auto& each : cases) {
    Heard heard;
    gateway::WebSearch search("web_search", heard);
    if (!each.said.empty()) search.event({.type = Type::text, .text = each.said});
    for (size_t i = 0; i < each.calls.size(); i++) call(search, each.calls[i], uint16_t(i));
    finish(search, each.how);
    EXPECT_EQ(search.pending(), each.pending) << each.name;
    EXPECT_EQ(heard.text, each.heard) << each.name;
  }
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
