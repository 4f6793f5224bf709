#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/opaque.h"
#include "protocol/openai_responses.h"
#include "unit/protocol/responses_stream.h"

namespace {

using chat::Event;
using chat::Finish;
using chat::Origin;
using Type = Event::Type;

constexpr std::string_view kBody =
    R"({"model":"m","input":"hi","instructions":"Be brief.","tools":[{"type":"function","name":"f"},)"
    R"({"type":"custom","name":"apply_patch"},{"type":"namespace","name":"agents","tools":[{"type":"function","name":"spawn"}]}],)"
    R"("tool_choice":"auto","temperature":0.5,"metadata":{"a":"b"},"reasoning":{"effort":"low"},"text":{"verbosity":"low"}})";

struct Fixture {
  json::Document document;
  base::Arena arena;
  chat::Request request;
  std::unique_ptr<protocol::Encoder> encoder;

  explicit Fixture(bool stream = true, std::string_view body = kBody) {
    EXPECT_EQ(document.parse(body), json::Error::none);
    EXPECT_FALSE(protocol::openai_responses::read(document.root(), arena, request));
    protocol::Stamp stamp;
    stamp.id = "0123456789abcdef";
    stamp.model = "m";
    stamp.created = 1000;
    stamp.request = &request;
    stamp.body = document.root();
    encoder = stream ? protocol::openai_responses::make_stream_encoder(stamp)
                     : protocol::openai_responses::make_whole_encoder(stamp);
  }

  Fixture& say(std::initializer_list<Event> events) {
    for (const Event& event : events) encoder->event(event);
    return *this;
  }
  std::string end(Finish finish = Finish::stop) {
    encoder->event({.type = Type::finish, .finish = finish});
    encoder->usage({.input = 7, .cached = 3, .output = 5, .reasoning = 2, .known = true});
    encoder->end();
    return encoder->out();
  }
};

Event text(std::string_view text) { return {.type = Type::text, .text = text}; }
Event thinking(std::string_view text) { return {.type = Type::thinking, .text = text}; }
Event call(std::string_view name, uint16_t index = 0) {
  return {.type = Type::tool_call, .index = index, .id = "call_1", .name = name};
}
Event arguments(std::string_view text, uint16_t index = 0) {
  return {.type = Type::tool_arguments, .index = index, .arguments = {text, true}};
}
Event tool_end(uint16_t index = 0) { return {.type = Type::tool_end, .index = index}; }
Event signature(std::string_view text, Origin origin) {
  return {.type = Type::signature, .id = {}, .signature = {text, origin, {}}};
}

json::Value parsed(json::Document& document, const std::string& text) {
  EXPECT_EQ(document.parse(text), json::Error::none) << text;
  return document.root();
}

TEST(OpenaiResponsesEncode, TextIsAMessage) {
  Fixture fixture;
  responses::Stream stream(fixture.say({text("Hel"), text("lo \\\"x\\\"")}).end());
  EXPECT_EQ(stream.types,
            (std::vector<std::string>{"response.created", "response.in_progress",
                                      "response.output_item.added", "response.content_part.added",
                                      "response.output_text.delta", "response.output_text.delta",
                                      "response.output_text.done", "response.content_part.done",
                                      "response.output_item.done", "response.completed"}));
  json::Document document;
  json::Value response = parsed(document, stream.last);
  EXPECT_EQ(response["usage"]["input_tokens"].to_int(), 7);
  EXPECT_EQ(response["usage"]["input_tokens_details"]["cached_tokens"].to_int(), 3);
  EXPECT_EQ(response["usage"]["output_tokens_details"]["reasoning_tokens"].to_int(), 2);
  EXPECT_EQ(response["usage"]["total_tokens"].to_int(), 12);
}

TEST(OpenaiResponsesEncode, RepeatsTheRequest) {
  for (bool stream : {true, false}) {
    Fixture fixture(stream);
    std::string out = fixture.say({text("x")}).end();
    if (stream) out = responses::Stream(out).last;
    json::Document document;
    json::Value response = parsed(document, out);
    EXPECT_EQ(response["object"].str(), "response");
    EXPECT_EQ(response["id"].str(), "resp_0123456789abcdef");
    EXPECT_EQ(response["instructions"].str(), "Be brief.");
    EXPECT_EQ(response["tools"].size(), 3u);
    EXPECT_EQ(response["temperature"].raw(), "0.5");
    EXPECT_EQ(response["top_p"].raw(), "1");
    EXPECT_EQ(response["metadata"].raw(), R"({"a":"b"})");
    EXPECT_EQ(response["reasoning"].raw(), R"({"effort":"low","summary":null})");
    EXPECT_EQ(response["text"].raw(), R"({"format":{"type":"text"},"verbosity":"low"})");
    EXPECT_EQ(response["previous_response_id"].raw(), "null");
    EXPECT_EQ(response["output"].size(), 1u);
    EXPECT_EQ(response["created_at"].to_int(), 1000);
  }
}

// A line break within an event's data would end the data there.
TEST(OpenaiResponsesEncode, WhatIsRepeatedKeepsToItsLine) {
  Fixture fixture(
      true,
      "{\"model\":\"m\",\"input\":\"hi\",\"tools\":[\n{\"type\":\"function\",\r\n\"name\":\"f\"}\n],"
      "\"instructions\":\"a\\nb\",\"metadata\":{\n},\"text\":{\"format\":{\n\"type\":\"text\"}}}");
  std::string out = fixture.say({text("x")}).end();
  for (size_t at = 0, end; (end = out.find("\n\n", at)) != out.npos; at = end + 2) {
    std::string_view frame = std::string_view(out).substr(at, end - at);
    EXPECT_EQ(std::count(frame.begin(), frame.end(), '\n'), 1) << frame;
    EXPECT_EQ(frame.find('\r'), frame.npos) << frame;
    EXPECT_NE(frame.find("\ndata: {"), frame.npos) << frame;
  }
  responses::Stream stream(out);
  json::Document document;
  json::Value response = parsed(document, stream.last);
  EXPECT_EQ(response["tools"].size(), 1u);
  EXPECT_EQ(response["instructions"].str(), "a\nb");
}

TEST(OpenaiResponsesEncode, ThoughtsAreAReasoningItemBeforeTheirCall) {
  Fixture fixture;
  responses::Stream stream(fixture
                               .say({thinking("hm "), thinking("so"), signature("c2ln", Origin::anthropic),
                                     call("f"), arguments("{\\\"x\\\":"), arguments("1}"), tool_end()})
                               .end(Finish::tool_calls));
  json::Document document;
  json::Value output = parsed(document, stream.last)["output"];
  std::vector<json::Value> items;
  for (auto [_, item] : output.items()) items.push_back(item);
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items[0]["summary"].raw(), R"([{"type":"summary_text","text":"hm so"}])");
  bool packed = false;
  chat::Signature back =
      protocol::read_opaque(items[0]["encrypted_content"].inner(), Origin::openai_responses, packed);
  EXPECT_TRUE(packed);
  EXPECT_EQ(back.origin, Origin::anthropic);
  EXPECT_EQ(back.text, "c2ln");
  EXPECT_EQ(items[1]["arguments"].str(), R"({"x":1})");
  EXPECT_EQ(items[1]["call_id"].str(), "call_1");
  EXPECT_EQ(items[1]["status"].str(), "completed");
}

TEST(OpenaiResponsesEncode, ASignedCallHasItsProofInAReasoningItem) {
  Event signed_call = call("f");
  signed_call.signature = {"R2VtaW5p", Origin::gemini, "0123abcd"};
  Fixture fixture;
  responses::Stream stream(fixture.say({text("a"), signed_call, tool_end()}).end(Finish::tool_calls));
  json::Document document;
  std::vector<json::Value> items;
  for (auto [_, item] : parsed(document, stream.last)["output"].items()) items.push_back(item);
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[1]["type"].str(), "reasoning");
  EXPECT_EQ(protocol::seat_of(items[1]["encrypted_content"].inner()), protocol::Seat::call);
  EXPECT_EQ(items[2]["arguments"].str(), "{}");

  // And back: the items as the next request's input.
  std::string body = R"({"model":"m","input":[{"role":"user","content":"u"},)" + std::string(items[1].raw()) +
                     "," + std::string(items[2].raw()) + "]}";
  json::Document again;
  base::Arena arena;
  chat::Request request;
  ASSERT_FALSE(protocol::openai_responses::read(parsed(again, body), arena, request));
  EXPECT_TRUE(request.packed);
  const chat::Block& block = request.blocks.back();
  EXPECT_EQ(block.signature.text, "R2VtaW5p");
  EXPECT_EQ(block.signature.origin, Origin::gemini);
  EXPECT_EQ(block.signature.home, "0123abcd");
}

TEST(OpenaiResponsesEncode, ItsOwnProofKeepsItsIdAndItsBytes) {
  Fixture fixture;
  responses::Stream stream(
      fixture
          .say({{.type = Type::thinking, .text = "t", .id = "rs_9"},
                {.type = Type::signature, .id = "rs_9", .signature = {"gAAA", Origin::openai_responses}},
                {.type = Type::redacted_thinking,
                 .id = "rs_10",
                 .signature = {"gBBB", Origin::openai_responses}},
                text("x")})
          .end());
  EXPECT_NE(
      stream.last.find(
          R"({"id":"rs_9","type":"reasoning","summary":[{"type":"summary_text","text":"t"}],"encrypted_content":"gAAA"})"),
      std::string::npos)
      << stream.last;
  EXPECT_NE(stream.last.find(R"({"id":"rs_10","type":"reasoning","summary":[],"encrypted_content":"gBBB"})"),
            std::string::npos);
}

TEST(OpenaiResponsesEncode, FreeTextToolsGetTheirInputBack) {
  Fixture fixture;
  responses::Stream stream(fixture
                               .say({call("apply_patch"), arguments(R"({\"input\":\"*** Beg)"),
                                     arguments(R"(in\\)"), arguments(R"(nPatch\"})"), tool_end()})
                               .end(Finish::tool_calls));
  EXPECT_NE(stream.last.find(R"("type":"custom_tool_call","status":"completed","call_id":"call_1",)"
                             R"("name":"apply_patch","input":"*** Begin\nPatch"})"),
            std::string::npos)
      << stream.last;
}

TEST(OpenaiResponsesEncode, NamespacedToolsGetTheirNamesBack) {
  Fixture fixture;
  responses::Stream stream(fixture.say({call("agents__spawn"), tool_end()}).end(Finish::tool_calls));
  EXPECT_NE(stream.last.find(R"("name":"spawn","namespace":"agents",)"), std::string::npos) << stream.last;
}

TEST(OpenaiResponsesEncode, CutAnswersAreIncomplete) {
  Fixture cut, filtered, refused, silent;
  responses::Stream a(cut.say({text("x"), call("f"), arguments("{\\\"a")}).end(Finish::length));
  EXPECT_EQ(a.status, "incomplete");
  EXPECT_NE(a.last.find(R"("incomplete_details":{"reason":"max_output_tokens"})"), std::string::npos);
  EXPECT_NE(a.last.find(R"("status":"incomplete","call_id")"), std::string::npos);
  responses::Stream b(filtered.say({text("x")}).end(Finish::content_filter));
  EXPECT_NE(b.last.find(R"("incomplete_details":{"reason":"content_filter"})"), std::string::npos);
  responses::Stream c(refused.say({{.type = Type::refusal, .text = "no"}}).end(Finish::refusal));
  EXPECT_EQ(c.status, "completed");
  EXPECT_NE(c.last.find(R"([{"type":"refusal","refusal":"no"}])"), std::string::npos);
  responses::Stream d(silent.end());
  EXPECT_EQ(d.status, "completed");
}

TEST(OpenaiResponsesEncode, FailuresSayWhatAgentsLookFor) {
  chat::Error limited;
  limited.fault = chat::Fault::rate_limited;
  limited.message = "Too fast.";
  limited.retry_after = 7;
  Fixture fixture;
  fixture.say({text("x")});
  fixture.encoder->fail(limited);
  responses::Stream stream(fixture.encoder->out());
  EXPECT_EQ(stream.status, "failed");
  EXPECT_NE(stream.last.find(
                R"("error":{"code":"rate_limit_exceeded","message":"Too fast. Please try again in 7s."})"),
            std::string::npos)
      << stream.last;

  chat::Error spent;
  spent.fault = chat::Fault::quota_exhausted;
  spent.message = "The usage limit has been reached";
  spent.retry_after = 3600;
  std::string out;
  protocol::openai_responses::error(spent, {}, out);
  EXPECT_NE(out.find(R"("type":"usage_limit_reached")"), out.npos) << out;
  EXPECT_NE(out.find(R"("resets_in_seconds":3600)"), out.npos) << out;
  EXPECT_NE(out.find(R"("resets_at":)"), out.npos) << out;
}

TEST(OpenaiResponsesEncode, SearchesAndImagesAreItems) {
  Fixture fixture;
  responses::Stream stream(
      fixture
          .say({{.type = Type::search, .text = "q", .raw = R"([{"url":"https://a","title":"A"}])"},
                text("f\\u00e9d"),
                {.type = Type::media, .text = "iVBOR", .media_type = "image/png"},
                text("late"),
                {.type = Type::search, .text = "r", .raw = R"([{"url":"https://b","title":"B"}])"}})
          .end());
  json::Document document;
  std::vector<json::Value> items;
  for (auto [_, item] : parsed(document, stream.last)["output"].items()) items.push_back(item);
  ASSERT_EQ(items.size(), 5u);
  EXPECT_EQ(items[0]["action"].raw(), R"({"type":"search","query":"q"})");
  EXPECT_NE(
      items[1].raw().find(
          R"("annotations":[{"type":"url_citation","url":"https://a","title":"A","start_index":0,"end_index":3}])"),
      std::string_view::npos)
      << items[1].raw();
  EXPECT_EQ(items[2]["result"].str(), "iVBOR");
  EXPECT_NE(items[3].raw().find(R"("url":"https://b")"), std::string_view::npos);
  EXPECT_EQ(items[4]["type"].str(), "web_search_call");
}

TEST(OpenaiResponsesEncode, LogprobsStandInTheirText) {
  constexpr std::string_view kToken = R"({"token":"x","logprob":-0.1,"bytes":null,"top_logprobs":[]})";
  Fixture fixture;
  std::string list = "[" + std::string(kToken) + "]";
  responses::Stream stream(fixture.say({text("x"), {.type = Type::logprobs, .raw = list}}).end());
  EXPECT_NE(stream.last.find("\"logprobs\":" + list), std::string::npos) << stream.last;
}

}  // namespace
