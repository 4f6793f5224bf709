#include "gateway/answer_filter.h"

#include <gtest/gtest.h>

#include "gateway/signatures.h"

namespace {

using chat::Event;
using Type = Event::Type;

struct Seen final : chat::Sink {
  void event(const Event& event) override {
    if (event.type == Type::tool_call) calls.emplace_back(std::string(event.id), std::string(event.name));
    events++;
  }
  void usage(const chat::Usage&) override {}
  void end() override { ended = true; }
  void fail(const chat::Error& error) override { failed = error.code; }
  std::vector<std::pair<std::string, std::string>> calls;
  int events = 0;
  bool ended = false;
  std::string failed;
};

class AnswerFilterTest : public testing::Test {
 protected:
  gateway::AnswerFilter& filter() {
    if (!filter_) filter_.emplace(request_, "stem", "home", true, seen_);
    return *filter_;
  }
  chat::Request request_;
  Seen seen_;
  std::optional<gateway::AnswerFilter> filter_;
};

TEST_F(AnswerFilterTest, GivesCallsTheirIdsAndNamesBack) {
  request_.tools.push_back({});
  request_.tools[0].name = "mcp.list";
  filter().event({.type = Type::tool_call, .index = 0, .name = "mcp_list_25e04b98"});
  filter().event({.type = Type::tool_call, .index = 1, .id = "theirs", .name = "other"});
  ASSERT_EQ(seen_.calls.size(), 2u);
  EXPECT_EQ(seen_.calls[0].first, "call_stem0");
  EXPECT_EQ(seen_.calls[1].first, "theirs");
  EXPECT_EQ(seen_.calls[1].second, "other");
}

TEST_F(AnswerFilterTest, LetsOneCallThroughWhereOneWasAskedFor) {
  request_.parallel_tool_calls = "false";
  filter().event({.type = Type::tool_call, .index = 0, .name = "f"});
  filter().event({.type = Type::tool_arguments, .index = 0});
  filter().event({.type = Type::tool_call, .index = 1, .name = "g"});
  filter().event({.type = Type::tool_arguments, .index = 1});
  EXPECT_EQ(seen_.calls.size(), 1u);
  EXPECT_EQ(seen_.events, 2);
}

TEST_F(AnswerFilterTest, AFailureBeforeTheFirstWordIsNobodysYet) {
  request_.stream = true;
  chat::Error error;
  error.code = "x";
  filter().event({.type = Type::finish});
  EXPECT_FALSE(filter().started());
  filter().fail(error);
  EXPECT_TRUE(filter().over());
  EXPECT_EQ(filter().early_failure()->code, "x");
  EXPECT_EQ(seen_.failed, "");
}

TEST_F(AnswerFilterTest, AFailureAfterwardsIsTheStreamsEnding) {
  request_.stream = true;
  chat::Error error;
  error.code = "x";
  filter().event({.type = Type::text, .text = "a"});
  filter().fail(error);
  EXPECT_FALSE(filter().early_failure());
  EXPECT_EQ(seen_.failed, "x");
}

TEST_F(AnswerFilterTest, WithoutAStreamNothingWasSentWhateverWasSaid) {
  chat::Error error;
  error.code = "x";
  filter().event({.type = Type::text, .text = "a"});
  filter().fail(error);
  EXPECT_EQ(filter().early_failure()->code, "x");
}

TEST_F(AnswerFilterTest, KeepsTheThinkingThatLedToACall) {
  filter().event({.type = Type::thinking, .text = "be"});
  filter().event({.type = Type::thinking, .text = "cause"});
  filter().event({.type = Type::signature, .signature = {"proof", chat::Origin::anthropic}});
  filter().event({.type = Type::text, .text = "I will look."});
  filter().event({.type = Type::tool_call, .id = "call-thinking", .name = "f"});
  chat::Request request;
  request.begin(chat::Role::assistant);
  request.add(chat::Block::Kind::tool_call).id = "call-thinking";
  base::Arena arena;
  gateway::restore_signatures(request, arena);
  ASSERT_EQ(request.blocks.size(), 2u);
  EXPECT_EQ(request.blocks[0].body, "because");
  EXPECT_EQ(request.blocks[0].signature.text, "proof");
  EXPECT_EQ(request.blocks[0].signature.home, "home");
}

TEST(Signatures, AreRememberedByCallIdAndBounded) {
  base::Arena arena;
  auto restored = [&](std::string_view id) {
    chat::Request request;
    request.begin(chat::Role::assistant);
    request.add(chat::Block::Kind::tool_call).id = id;
    gateway::restore_signatures(request, arena);
    return std::string(request.blocks[0].signature.text);
  };
  gateway::remember_call("call-1", {"c2ln", chat::Origin::gemini, {}}, {});
  gateway::remember_call("call-2", {"other", chat::Origin::anthropic, {}}, {});
  EXPECT_EQ(restored("call-1"), "c2ln");
  EXPECT_EQ(restored("call-2"), "other");
  EXPECT_EQ(restored("unknown"), "");
  EXPECT_EQ(restored("call_x__sig__c2ln"), "c2ln");
  EXPECT_EQ(restored("call_x__sig__-_8"), "+/8=");
  std::string large(1 << 20, 's');
  for (int i = 0; i < 8; i++)
    gateway::remember_call("large-" + std::to_string(i), {large, chat::Origin::gemini, {}}, {});
  EXPECT_EQ(restored("call-1"), "") << "the oldest are forgotten";
  EXPECT_EQ(restored("large-7"), large);
}

}  // namespace
