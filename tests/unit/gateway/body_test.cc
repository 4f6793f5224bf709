// What the gateway makes of a body before any upstream is asked.
#include <gtest/gtest.h>

#include "base/arena.h"
#include "gateway/body_shape.h"
#include "gateway/calibration.h"
#include "gateway/context_overflow.h"
#include "gateway/conversation.h"
#include "gateway/reframe.h"
#include "gateway/signatures.h"
#include "gateway/usage_tail.h"

namespace {

using protocol::Origin;

struct Body {
  std::string text;
  json::Document document;
  explicit Body(std::string json) : text(std::move(json)) {
    EXPECT_EQ(document.parse(text), json::Error::none) << text;
  }
  json::Value root() const { return document.root(); }
};

TEST(BodyShape, IsToldByMembersThatOnlyOneSurfaceHas) {
  auto shape = [](const char* json) { return gateway::shape_of(Body(json).root()); };
  EXPECT_EQ(shape(R"({"contents":[]})"), Origin::gemini);
  EXPECT_EQ(shape(R"({"input":"x"})"), Origin::openai_responses);
  EXPECT_EQ(shape(R"({"messages":[],"system":"S"})"), Origin::anthropic);
  EXPECT_EQ(shape(R"({"messages":[],"tools":[{"name":"f","input_schema":{}}]})"), Origin::anthropic);
  EXPECT_EQ(shape(R"({"messages":[],"tools":[{"type":"function","function":{}}],"system":"S"})"),
            Origin::openai_chat);
  EXPECT_EQ(shape(R"({"messages":[]})"), Origin::none);
  EXPECT_EQ(shape(R"({})"), Origin::none);
}

uint64_t conversation(const std::string& headers, const char* json, const char* text = "Hi") {
  std::string message = "POST /v1/messages\n" + headers + "\n";
  http::Request http;
  EXPECT_TRUE(http::parse(message, http));
  Body body(json);
  chat::Request request;
  request.begin(chat::Role::user);
  request.add(chat::Block::Kind::text).body = text;
  return gateway::conversation_of(http, body.root(), request);
}

TEST(ConversationOf, FollowsEachClientsOwnHabit) {
  EXPECT_EQ(conversation("session-id: a\n", "{}", "one"), conversation("session-id: a\n", "{}", "two"));
  EXPECT_NE(conversation("session-id: a\n", "{}"), conversation("session-id: b\n", "{}"));
  EXPECT_NE(conversation("session-id: a\nthread-id: t\n", "{}"), conversation("session-id: a\n", "{}"));
  EXPECT_NE(conversation("x-claude-code-session-id: a\nx-claude-code-agent-id: 1\n", "{}"),
            conversation("x-claude-code-session-id: a\n", "{}"));
  const char* user = R"({"metadata":{"user_id":"{\"device_id\":\"d\",\"session_id\":\"s1\"}"}})";
  const char* other = R"({"metadata":{"user_id":"{\"device_id\":\"d\",\"session_id\":\"s2\"}"}})";
  EXPECT_EQ(conversation("", user, "one"), conversation("", user, "two"));
  EXPECT_NE(conversation("", user), conversation("", other));
  const char* key = R"({"prompt_cache_key":"k"})";
  EXPECT_EQ(conversation("", key, "one"), conversation("", key, "two"));
}

TEST(ConversationOf, APersonOrAnInstallationIsNoConversation) {
  EXPECT_NE(conversation("", R"({"user":"u"})", "one"), conversation("", R"({"user":"u"})", "two"));
  EXPECT_NE(conversation("", R"({"user":"u"})"), conversation("", R"({"user":"v"})"));
  const std::string install = "x-gemini-api-privileged-user-id: i\n";
  EXPECT_NE(conversation(install, "{}", "one"), conversation(install, "{}", "two"));
}

TEST(ConversationOf, AnAnswerLeadsBackToItsConversation) {
  gateway::remember_answer("0123abcd", 42);
  EXPECT_EQ(conversation("", R"({"previous_response_id":"resp_0123abcd"})"), 42u);
}

TEST(Calibration, LearnsAFactorAndIgnoresAbsurdCounts) {
  const std::string model = "calibrated-model";
  EXPECT_EQ(gateway::calibrated(model, 1000), 1000);
  for (int i = 0; i < 20; i++) gateway::learn(model, 1000, 1200);
  EXPECT_NEAR(double(gateway::calibrated(model, 1000)), 1200, 10);
  gateway::learn(model, 1000, 100'000);
  gateway::learn(model, 100, 900);
  EXPECT_NEAR(double(gateway::calibrated(model, 1000)), 1200, 10);
  gateway::learn(model, 1000, 2900);  // plausible, but alone
  EXPECT_LT(gateway::calibrated(model, 1000), 1320);
}

TEST(Calibration, AsksSeldomOfAnUpstreamThatTeachesNothing) {
  const std::string model = "model-of-absurd-counts";
  int asked = 0;
  for (int i = 0; i < 1000; i++) asked += gateway::wants_lesson(model, 30'000);
  EXPECT_NEAR(asked, 8 + 1000 / 256, 1);
  EXPECT_FALSE(gateway::wants_lesson("model-of-greetings", 10));
  EXPECT_FALSE(gateway::wants_lesson("model-of-books", 900'000));
  EXPECT_TRUE(gateway::wants_lesson("model-of-letters", 900));
}

TEST(ContextOverflow, IsSaidInTheWordsOfTheSurface) {
  auto said = [](Origin surface, const char* message) {
    chat::Error error;
    error.fault = chat::Fault::upstream_refused;
    error.message = message;
    gateway::say_overflow(error, surface, 0);
    return error;
  };
  const char* openai =
      "This model's maximum context length is 128,000 tokens. However, your messages resulted in 130000 "
      "tokens.";
  EXPECT_EQ(said(Origin::anthropic, openai).message, "prompt is too long: 130000 tokens > 128000 maximum");
  EXPECT_EQ(said(Origin::gemini, openai).message,
            "The input token count (130000) exceeds the maximum number of tokens allowed (128000).");
  const char* anthropic = "prompt is too long: 208310 tokens > 200000 maximum";
  EXPECT_EQ(said(Origin::openai_chat, anthropic).code, "context_length_exceeded");
  EXPECT_NE(said(Origin::openai_chat, anthropic).message.find("resulted in 208310 tokens"),
            std::string::npos);
  EXPECT_EQ(said(Origin::anthropic, "Input is too long.").message, "prompt is too long: Input is too long.");
  EXPECT_EQ(said(Origin::anthropic, "max_tokens is too large").message, "max_tokens is too large");
}

TEST(Reframe, UnwrapsEnvelopesAndMakesArrays) {
  const std::string_view stream =
      "data: {\"response\":{\"a\":1,\"new\":[1.50]},\"traceId\":\"t\"}\r\n\r\ndata: "
      "{\"response\":{\"a\":2}}\n\n";
  for (size_t step : {size_t(1), size_t(5), stream.size()}) {
    gateway::Reframe events("response", false, false), array("response", true, false);
    std::string as_events, as_array;
    for (size_t at = 0; at < stream.size(); at += step) {
      EXPECT_TRUE(events.feed(stream.substr(at, step), as_events));
      EXPECT_TRUE(array.feed(stream.substr(at, step), as_array));
    }
    events.close(as_events);
    array.close(as_array);
    EXPECT_EQ(as_events, "data: {\"a\":1,\"new\":[1.50]}\n\ndata: {\"a\":2}\n\n");
    EXPECT_EQ(as_array, "[{\"a\":1,\"new\":[1.50]}\n,{\"a\":2}\n]\n");
  }
  gateway::Reframe empty("", true, false);
  std::string out;
  empty.fail(R"({"error":{}})", out);
  EXPECT_EQ(out, "[{\"error\":{}}\n]\n");
}

TEST(UsageTail, ReadsEverySpelling) {
  chat::Usage chat = gateway::usage_in(
      R"(data: {"usage":null} data: {"usage":{"prompt_tokens":10,"completion_tokens":2}} data: [DONE])");
  EXPECT_TRUE(chat.known);
  EXPECT_EQ(chat.input, 10);
  chat::Usage anthropic = gateway::usage_in(
      R"({"type":"message_delta","usage":{"input_tokens":5,"cache_read_input_tokens":90,"output_tokens":7}})");
  EXPECT_EQ(anthropic.input, 95);
  EXPECT_EQ(anthropic.cached, 90);
  chat::Usage gemini = gateway::usage_in(
      R"({"usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":3,"thoughtsTokenCount":4}})");
  EXPECT_EQ(gemini.input, 8);
  EXPECT_EQ(gemini.output, 7);
  EXPECT_FALSE(gateway::usage_in("tokens\":3}} data: [DONE]").known);
  EXPECT_FALSE(gateway::usage_in("\"usage\":{\"input_tokens\":3").known);
}

TEST(UsageTail, KnowsTheNumberOfTheNextEvent) {
  EXPECT_EQ(
      gateway::next_sequence(
          R"({"sequence_number":8}  {"type":"x","sequence_number": 9,"delta":"\"sequence_number\":70"})"),
      10);
  EXPECT_EQ(gateway::next_sequence("data: {}"), 0);
  EXPECT_EQ(gateway::next_sequence("data: {\"sequence_number\":"), 0);
}

TEST(Signatures, ThinkingReturnsToItsTurnByTheIdOfACall) {
  gateway::Thought thought{"because", "", gateway::KeptSignature({"sig", Origin::anthropic, "home0001"}),
                           false};
  gateway::remember_call("call_thought", {}, {thought});
  chat::Request request;
  request.begin(chat::Role::user);
  request.add(chat::Block::Kind::text).body = "question";
  request.begin(chat::Role::assistant);
  request.add(chat::Block::Kind::thinking).body = "the client's own account";
  request.add(chat::Block::Kind::text).body = "I will look.";
  request.add(chat::Block::Kind::tool_call).id = "call_thought";
  request.begin(chat::Role::user);
  request.add(chat::Block::Kind::tool_result).id = "call_thought";

  base::Arena arena;
  gateway::restore_signatures(request, arena);
  ASSERT_EQ(request.blocks.size(), 5u);
  ASSERT_EQ(request.messages[1].count, 3u);
  const chat::Block& restored = request.blocks[request.messages[1].first];
  EXPECT_EQ(restored.body, "because");
  EXPECT_EQ(restored.signature.text, "sig");
  EXPECT_EQ(restored.signature.origin, Origin::anthropic);
  EXPECT_EQ(restored.signature.home, "home0001");
  EXPECT_EQ(request.blocks[request.messages[2].first].kind, chat::Block::Kind::tool_result);
}

TEST(Signatures, ACallKeepsTheOriginAndHomeOfItsSignature) {
  gateway::remember_call("call_signed", {"s", Origin::gemini, "home0002"}, {});
  chat::Request request;
  request.begin(chat::Role::assistant);
  request.add(chat::Block::Kind::tool_call).id = "call_signed";
  base::Arena arena;
  gateway::restore_signatures(request, arena);
  EXPECT_EQ(request.blocks[0].signature.origin, Origin::gemini);
  EXPECT_EQ(request.blocks[0].signature.home, "home0002");
}

}  // namespace
