#include <gtest/gtest.h>

#include <set>
#include <string>

#include "protocol/openai_chat.h"
#include "protocol/protocol.h"

namespace {

using json::Value;

struct Written {
  std::string json;
  json::Document document;
  std::optional<chat::Error> problem;
  Value root() const { return document.root(); }
  Value state() const { return root()["conversationState"]; }
  Value current() const { return state()["currentMessage"]["userInputMessage"]; }
  Value context() const { return current()["userInputMessageContext"]; }
};

protocol::Target sonnet() {
  protocol::Target target;
  target.model = "claude-sonnet-4.5";
  target.session = "6f3f6f0e-1f5b-4f0a-9d52-0a7f6c7f1b11";
  return target;
}

std::unique_ptr<Written> write(const std::string& body, const protocol::Target& target = sonnet()) {
  auto out = std::make_unique<Written>();
  json::Document document;
  base::Arena arena;
  chat::Request request;
  EXPECT_EQ(document.parse(body), json::Error::none) << body;
  auto refused = protocol::kOpenaiChat.read(document.root(), arena, request);
  EXPECT_FALSE(refused) << refused->message;
  out->problem = protocol::kCodewhisperer.write(request, target, out->json);
  if (!out->problem) EXPECT_EQ(out->document.parse(out->json), json::Error::none) << out->json;
  return out;
}

// What the upstream refuses with "Improperly formed request.", turn by turn.
void check_rules(const Written& written) {
  std::set<std::string> asked;
  bool users_turn = true;
  size_t index = 0;
  auto check = [&](Value entry) {
    SCOPED_TRACE("turn " + std::to_string(index++));
    Value user = entry["userInputMessage"], assistant = entry["assistantResponseMessage"];
    EXPECT_EQ(bool(user), users_turn);
    EXPECT_FALSE((user ? user : assistant)["content"].inner().empty());
    std::set<std::string> answered;
    for (auto [_, result] : user["userInputMessageContext"]["toolResults"].items()) {
      EXPECT_TRUE(answered.insert(result["toolUseId"].str()).second);
      EXPECT_GT(result["content"].size(), 0u);
    }
    if (user) EXPECT_EQ(answered, asked);
    asked.clear();
    for (auto [_, use] : assistant["toolUses"].items()) {
      EXPECT_TRUE(use["input"].is_object());
      asked.insert(use["toolUseId"].str());
    }
    users_turn = !users_turn;
  };
  for (auto [_, entry] : written.state()["history"].items()) check(entry);
  check(written.state()["currentMessage"]);
}

constexpr const char* kConversations[] = {
    R"({"model":"m","messages":[{"role":"user","content":"hi"}]})",
    R"({"model":"m","messages":[{"role":"assistant","content":"first"},{"role":"user","content":"hi"}]})",
    R"({"model":"m","messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"prefill"}]})",
    R"({"model":"m","messages":[{"role":"system","content":"only system"}]})",
    // two users in a row, an empty answer, a system text in the middle
    R"({"model":"m","messages":[{"role":"user","content":"a"},{"role":"user","content":"b"},
        {"role":"assistant","content":null},{"role":"system","content":"s"},{"role":"user","content":"c"}]})",
    // two calls, one unanswered, one answered twice, an orphan
    R"({"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","content":null,"tool_calls":[
        {"id":"c 1","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},
        {"id":"c2","type":"function","function":{"name":"g","arguments":"not json"}}]},
        {"role":"tool","tool_call_id":"c 1","content":"one"},{"role":"tool","tool_call_id":"c 1","content":"again"},
        {"role":"tool","tool_call_id":"nobody","content":"orphan"}]})",
    // results in the very first message
    R"({"model":"m","messages":[{"role":"tool","tool_call_id":"x","content":"r"},{"role":"user","content":"u"}]})",
    // a loop that was interrupted
    R"({"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[
        {"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]}]})",
};

TEST(CodewhispererWrite, NoConversationBreaksTheUpstreamsRules) {
  for (const char* body : kConversations) {
    SCOPED_TRACE(body);
    auto written = write(body);
    ASSERT_FALSE(written->problem);
    check_rules(*written);
  }
}

TEST(CodewhispererWrite, TheSystemTextComesFirstAndStaysThere) {
  auto one =
      write(R"({"model":"m","messages":[{"role":"system","content":"S"},{"role":"user","content":"u"}]})");
  EXPECT_EQ(one->current()["content"].str(), "S\n\nu");
  auto two = write(R"({"model":"m","messages":[{"role":"system","content":"S"},{"role":"user","content":"u"},
      {"role":"assistant","content":"a"},{"role":"user","content":"v"}]})");
  EXPECT_EQ(two->current()["content"].str(), "v");
  Value first;
  for (auto [_, entry] : two->state()["history"].items()) {
    if (!first) first = entry;
  }
  EXPECT_EQ(first["userInputMessage"]["content"].str(), "S\n\nu");
  EXPECT_EQ(one->state()["conversationId"].str(), sonnet().session);
  EXPECT_EQ(one->current()["modelId"].str(), "claude-sonnet-4.5");
}

TEST(CodewhispererWrite, ToolsOfTheHistoryAreDeclaredEvenIfTheClientForgotThem) {
  auto written = write(kConversations[5]);
  std::set<std::string> names;
  for (auto [_, tool] : written->context()["tools"].items()) {
    names.insert(tool["toolSpecification"]["name"].str());
    EXPECT_FALSE(tool["toolSpecification"]["description"].str().empty());
  }
  EXPECT_EQ(names, (std::set<std::string>{"f", "g"}));
}

TEST(CodewhispererWrite, ArgumentsAreAlwaysAnObject) {
  auto written = write(kConversations[5]);
  EXPECT_NE(written->json.find(R"("input":{"x":1})"), std::string::npos);
  EXPECT_NE(written->json.find(R"("input":{"input":"not json"})"), std::string::npos);
}

TEST(CodewhispererWrite, SchemasLoseWhatTheUpstreamRefuses) {
  auto written =
      write(R"({"model":"m","messages":[{"role":"user","content":"u"}],"tools":[{"type":"function","function":
      {"name":"f","parameters":{"$schema":"x","type":"object","additionalProperties":false,"required":[],
      "properties":{"format":{"type":"string","format":"date","enum":["a"]},"n":{"type":"integer","minimum":1}}}}},
      {"type":"function","function":{"name":"g","parameters":{"oneOf":[{"properties":{"a":{"type":"string"}}},
      {"properties":{"b":{"type":"string"}}}]}}},{"type":"function","function":{"name":"h"}}]})");
  EXPECT_NE(
      written->json.find(
          R"({"type":"object","properties":{"format":{"type":"string","enum":["a"]},"n":{"type":"integer"}}})"),
      std::string::npos)
      << written->json;
  EXPECT_NE(
      written->json.find(R"({"properties":{"a":{"type":"string"},"b":{"type":"string"}},"type":"object"})"),
      std::string::npos);
  EXPECT_NE(written->json.find(R"({"type":"object","properties":{}})"), std::string::npos);
}

TEST(CodewhispererWrite, ThinkingInTheWayTheModelTakesIt) {
  const char* body = R"({"model":"m","reasoning_effort":"high","messages":[{"role":"user","content":"u"}]})";
  EXPECT_EQ(write(body)->current()["content"].str(), "u");
  protocol::Target target = sonnet();
  target.thinking = "tags";
  EXPECT_EQ(write(body, target)->current()["content"].str(),
            "<thinking_mode>enabled</thinking_mode><max_thinking_length>24576</max_thinking_length>\n\nu");
  target.thinking = "adaptive";
  target.thinking_levels = "low,medium,high,max";
  EXPECT_NE(
      write(body, target)
          ->json.find(
              R"("additionalModelRequestFields":{"thinking":{"type":"adaptive","display":"summarized"},)"
              R"("output_config":{"effort":"high"}})"),
      std::string::npos);
  target.thinking = "reasoning";
  EXPECT_NE(
      write(body, target)->json.find(R"("additionalModelRequestFields":{"reasoning":{"effort":"high"}})"),
      std::string::npos);
}

TEST(CodewhispererWrite, ImagesStandWithTheTurnAndNotInAResult) {
  auto written = write(R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"look"},
      {"type":"image_url","image_url":{"url":"data:image/jpg;base64,QUJD"}}]}]})");
  EXPECT_NE(written->json.find(R"("images":[{"format":"jpeg","source":{"bytes":"QUJD"}}])"),
            std::string::npos);
}

TEST(CodewhispererWrite, WhatCannotBeHonouredIsRefused) {
  auto two = write(R"({"model":"m","n":2,"messages":[{"role":"user","content":"u"}]})");
  ASSERT_TRUE(two->problem);
  EXPECT_EQ(two->problem->param, "n");
  protocol::Target small = sonnet();
  small.max_request = 100;
  auto large = write(R"({"model":"m","messages":[{"role":"user","content":"u"}]})", small);
  ASSERT_TRUE(large->problem);
  EXPECT_EQ(large->problem->code, "context_length_exceeded");
}

std::string picture(size_t size) {
  return R"({"type":"image_url","image_url":{"url":"data:image/png;base64,)" + std::string(size, 'A') +
         R"("}})";
}
std::string pictures(std::string_view first, std::string_view last) {
  return R"({"model":"m","messages":[{"role":"user","content":[)" + std::string(first) +
         R"(]},{"role":"assistant","content":"I see."},{"role":"user","content":[)" + std::string(last) +
         "]}]}";
}

TEST(CodewhispererWrite, OldImagesThatAreTooLargeBecomeNotes) {
  protocol::Target target = sonnet();
  target.max_image = 100;
  auto written = write(pictures(picture(104), picture(80)), target);
  ASSERT_FALSE(written->problem);
  for (auto [_, turn] : written->state()["history"].items()) {
    Value user = turn["userInputMessage"];
    if (!user) continue;
    EXPECT_FALSE(user["images"]);
    EXPECT_NE(user["content"].str().find("no longer available"), std::string::npos);
  }
  EXPECT_EQ(written->current()["images"].size(), 1u);
}

TEST(CodewhispererWrite, ATooLargeImageOfNowIsRefused) {
  protocol::Target target = sonnet();
  target.max_image = 100;
  auto written = write(pictures(picture(80), picture(104)), target);
  ASSERT_TRUE(written->problem);
  EXPECT_EQ(written->problem->fault, chat::Fault::invalid_request);
}

TEST(CodewhispererWrite, OfTooManyImagesTheOldestGo) {
  protocol::Target target = sonnet();
  target.max_media = 2;
  auto written = write(pictures(picture(4) + "," + picture(4), picture(4)), target);
  ASSERT_FALSE(written->problem);
  EXPECT_EQ(
      written->state()["history"].items().begin().operator*().value["userInputMessage"]["images"].size(), 1u);
  EXPECT_EQ(written->current()["images"].size(), 1u);
}

}  // namespace
