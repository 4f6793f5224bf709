// Answers as Gemini clients get them.
#include <gtest/gtest.h>

#include "chat/in_order.h"
#include "json/writer.h"
#include "protocol/gemini.h"
#include "protocol/openai_chat.h"

namespace {

using chat::Event;
using chat::Finish;
using Type = Event::Type;

constexpr std::string_view kAbout =
    R"(,"modelVersion":"m","createTime":"2026-11-25T02:15:59Z","responseId":"r")";

protocol::Stamp stamp(bool array = false) {
  protocol::Stamp stamp;
  stamp.id = "r";
  stamp.model = "m";
  stamp.created = 1795572959;
  stamp.array = array;
  return stamp;
}

std::string chunk(std::string_view part, int index = 0) {
  std::string out = R"(data: {"candidates":[{"content":{"parts":[)";
  out.append(part).append(R"(],"role":"model"},"index":)").append(std::to_string(index)).append("}]");
  return out.append(kAbout).append("}\n\n");
}

std::string last_chunk(std::string_view ending, std::string_view usage = {}) {
  std::string out =
      R"(data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":)";
  return out.append(ending).append("}]").append(usage).append(kAbout).append("}\n\n");
}

std::string whole(std::string_view parts, std::string_view ending, std::string_view usage = {}) {
  std::string out = R"({"candidates":[{"content":{"parts":[)";
  out.append(parts).append(R"(],"role":"model"},"finishReason":)").append(ending).append("}]");
  return out.append(usage).append(kAbout).append("}");
}

std::string encode(protocol::Encoder& encoder, const std::vector<Event>& events, chat::Usage usage = {}) {
  chat::InOrder in_order(encoder);
  for (const Event& event : events) in_order.event(event);
  if (usage.known) in_order.usage(usage);
  in_order.end();
  return encoder.out();
}

std::string stream_of(const std::vector<Event>& events, chat::Usage usage = {}) {
  return encode(*protocol::gemini::make_stream_encoder(stamp()), events, usage);
}
std::string whole_of(const std::vector<Event>& events, chat::Usage usage = {}) {
  return encode(*protocol::gemini::make_whole_encoder(stamp()), events, usage);
}

const Event kStop{.type = Type::finish, .finish = Finish::stop};

TEST(GeminiEncode, StreamsTextAndThoughtsAndCountsTokens) {
  chat::Usage usage{.input = 10, .cached = 4, .output = 7, .reasoning = 2, .known = true};
  std::vector<Event> events = {{.type = Type::thinking, .text = "hm"},
                               {.type = Type::text, .text = "a\\n"},
                               {.type = Type::text, .text = "b"},
                               kStop};
  std::string_view counts =
      R"(,"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":5,"totalTokenCount":17,"cachedContentTokenCount":4,"thoughtsTokenCount":2})";
  EXPECT_EQ(stream_of(events, usage), chunk(R"({"text":"hm","thought":true})") + chunk(R"({"text":"a\n"})") +
                                          chunk(R"({"text":"b"})") +
                                          last_chunk(R"("STOP","index":0)", counts));
  EXPECT_EQ(whole_of(events, usage),
            whole(R"({"text":"hm","thought":true},{"text":"a\nb"})", R"("STOP","index":0)", counts));
}

TEST(GeminiEncode, SaysCallsWhole) {
  std::vector<Event> events = {
      {.type = Type::tool_call, .index = 0, .id = "1", .name = "f", .arguments = {"{\\\"a\\\":", true}},
      {.type = Type::tool_call, .index = 1, .id = "2", .name = "g", .arguments = {"", true}},
      {.type = Type::tool_arguments, .index = 0, .arguments = {"[1,\\n2]}", true}},
      {.type = Type::tool_call, .index = 2, .id = "3", .name = "h", .arguments = {"{\"x\":\n1}", false}},
      {.type = Type::finish, .finish = Finish::tool_calls}};
  std::string f = R"({"functionCall":{"id":"1","name":"f","args":{"a":[1, 2]}}})";
  std::string g = R"({"functionCall":{"id":"2","name":"g","args":{}}})";
  std::string h = R"({"functionCall":{"id":"3","name":"h","args":{"x": 1}}})";
  EXPECT_EQ(stream_of(events), chunk(f) + chunk(g) + chunk(h) + last_chunk(R"("STOP","index":0)"));
  EXPECT_EQ(whole_of(events), whole(f + "," + g + "," + h, R"("STOP","index":0)"));
}

TEST(GeminiEncode, NeverRepairsACallThatWasCutShort) {
  std::vector<Event> events = {
      {.type = Type::text, .text = "t"},
      {.type = Type::tool_call, .id = "1", .name = "f", .arguments = {"{\\\"a\\\":\\\"hal", true}},
      {.type = Type::finish, .finish = Finish::length}};
  EXPECT_EQ(stream_of(events), chunk(R"({"text":"t"})") + last_chunk(R"("MAX_TOKENS","index":0)"));
  events.back().finish = Finish::tool_calls;
  EXPECT_EQ(
      whole_of(events),
      whole(
          R"({"text":"t"})",
          R"("MALFORMED_FUNCTION_CALL","index":0,"finishMessage":"Malformed function call: the arguments of 'f' are not a JSON object.")"));
}

TEST(GeminiEncode, PutsProofsWhereClientsKeepThem) {
  chat::Signature own{"GGGG", chat::Origin::gemini, {}}, other{"AAAA", chat::Origin::anthropic, "0123abcd"};
  std::string packed = "ISTHMUS1DAAA0123abcdAAAA";
  // Gemini's own stays with its part.
  EXPECT_EQ(whole_of({{.type = Type::text, .text = "t"}, {.type = Type::signature, .signature = own}, kStop}),
            whole(R"({"text":"t","thoughtSignature":"GGGG"})", R"("STOP","index":0)"));
  EXPECT_EQ(
      stream_of({{.type = Type::text, .text = "t"}, {.type = Type::signature, .signature = own}, kStop}),
      chunk(R"({"text":"t"})") + chunk(R"({"text":"","thoughtSignature":"GGGG"})") +
          last_chunk(R"("STOP","index":0)"));
  // Another's rides on the call that follows, or else on a thought.
  EXPECT_EQ(
      stream_of({{.type = Type::thinking, .text = "hm"},
                 {.type = Type::signature, .signature = other},
                 {.type = Type::tool_call, .id = "1", .name = "f"},
                 {.type = Type::finish, .finish = Finish::tool_calls}}),
      chunk(R"({"text":"hm","thought":true})") +
          chunk(R"({"functionCall":{"id":"1","name":"f","args":{}},"thoughtSignature":")" + packed + "\"}") +
          last_chunk(R"("STOP","index":0)"));
  EXPECT_EQ(whole_of({{.type = Type::thinking, .text = "hm"},
                      {.type = Type::signature, .signature = other},
                      {.type = Type::redacted_thinking, .signature = other},
                      {.type = Type::text, .text = "t"},
                      kStop}),
            whole(R"({"text":"hm","thought":true,"thoughtSignature":")" + packed +
                      R"("},{"thought":true,"thoughtSignature":")" + packed + R"("},{"text":"t"})",
                  R"("STOP","index":0)"));
}

TEST(GeminiEncode, HidesThoughtsFromWhoDidNotAsk) {
  chat::Request request;
  request.thinking.include = "false";
  protocol::Stamp hiding = stamp();
  hiding.request = &request;
  auto encoder = protocol::gemini::make_whole_encoder(hiding);
  EXPECT_EQ(
      encode(*encoder, {{.type = Type::thinking, .text = "hm"}, {.type = Type::text, .text = "t"}, kStop}),
      whole(R"({"text":"t"})", R"("STOP","index":0)"));
}

TEST(GeminiEncode, NamesEveryEnding) {
  const struct {
    Finish finish;
    std::string_view word;
  } cases[] = {{Finish::stop, "STOP"},
               {Finish::length, "MAX_TOKENS"},
               {Finish::tool_calls, "STOP"},
               {Finish::content_filter, "SAFETY"},
               {Finish::refusal, "SAFETY"}};
  for (const auto& c : cases) {
    std::string ending = "\"" + std::string(c.word) + "\",\"index\":0";
    EXPECT_EQ(whole_of({{.type = Type::refusal, .text = "no"}, {.type = Type::finish, .finish = c.finish}}),
              whole(R"({"text":"no"})", ending));
  }
}

TEST(GeminiEncode, TellsSourcesAndProbabilitiesAtTheEnd) {
  std::string out = stream_of(
      {{.type = Type::search, .text = "q", .id = "s", .raw = R"([{"url":"https://x.org","title":"X"}])"},
       {.type = Type::text, .text = "t"},
       {.type = Type::logprobs,
        .raw = R"([{"token":"t","logprob":-0.5,"top_logprobs":[{"token":"t","logprob":-0.5}]}])"},
       kStop});
  EXPECT_EQ(
      out,
      chunk(R"({"text":"t"})") +
          last_chunk(
              R"("STOP","index":0,"logprobsResult":{"chosenCandidates":[{"token":"t","logProbability":-0.5}],"topCandidates":[{"candidates":[{"token":"t","logProbability":-0.5}]}]},)"
              R"("groundingMetadata":{"webSearchQueries":["q"],"groundingChunks":[{"web":{"uri":"https://x.org","title":"X"}}]})"));
}

TEST(GeminiEncode, KeepsChoicesApart) {
  std::vector<Event> events = {{.type = Type::text, .choice = 1, .text = "b"},
                               {.type = Type::text, .choice = 0, .text = "a"},
                               {.type = Type::finish, .choice = 0, .finish = Finish::stop},
                               {.type = Type::finish, .choice = 1, .finish = Finish::length}};
  std::string out = stream_of(events);
  EXPECT_TRUE(out.starts_with(chunk(R"({"text":"b"})", 1) + chunk(R"({"text":"a"})", 0))) << out;
  EXPECT_NE(out.find(R"("finishReason":"STOP","index":0},{"content")"), out.npos) << out;
  EXPECT_NE(out.find(R"("finishReason":"MAX_TOKENS","index":1}])"), out.npos) << out;
}

TEST(GeminiEncode, WritesMediaInline) {
  EXPECT_EQ(whole_of({{.type = Type::media, .text = "AAAA", .media_type = "image/png"}, kStop}),
            whole(R"({"inlineData":{"mimeType":"image/png","data":"AAAA"}})", R"("STOP","index":0)"));
}

// The array stream is one JSON document, keepalives and errors included, wherever it ends.
TEST(GeminiEncode, ArrayStreamsAreAlwaysOneDocument) {
  chat::Error error;
  error.fault = chat::Fault::timeout;
  error.message = "silent";
  for (int texts = 0; texts < 3; texts++) {
    for (bool fails : {false, true}) {
      auto encoder = protocol::gemini::make_stream_encoder(stamp(true));
      EXPECT_EQ(encoder->content_type(), "application/json");
      std::string out(encoder->keepalive());
      for (int i = 0; i < texts; i++) {
        encoder->event({.type = Type::text, .text = "t"});
        out += encoder->out();
        out += encoder->keepalive();
        encoder->out().clear();
      }
      if (!fails) encoder->event(kStop);
      fails ? encoder->fail(error) : encoder->end();
      out += encoder->out();
      json::Document document;
      ASSERT_EQ(document.parse(out), json::Error::none) << out;
      ASSERT_TRUE(document.root().is_array()) << out;
      EXPECT_EQ(document.root().size(), size_t(texts) + 1);
      if (fails) EXPECT_NE(out.find(R"({"error":{"code":504)"), out.npos) << out;
    }
  }
}

TEST(GeminiEncode, TellsErrorsAsGoogleDoes) {
  chat::Error error;
  error.fault = chat::Fault::rate_limited;
  error.message = "wait \"a\" bit";
  error.retry_after = 7;
  auto stream = protocol::gemini::make_stream_encoder(stamp());
  stream->fail(error);
  EXPECT_EQ(
      stream->out(),
      "data: "
      R"({"error":{"code":429,"message":"wait \"a\" bit","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"7s"}]}})"
      "\n\n");
  const struct {
    chat::Fault fault;
    int code;
    std::string_view status;
  } cases[] = {
      {chat::Fault::invalid_request, 400, "INVALID_ARGUMENT"},
      {chat::Fault::unauthenticated, 401, "UNAUTHENTICATED"},
      {chat::Fault::forbidden, 403, "PERMISSION_DENIED"},
      {chat::Fault::not_found, 404, "NOT_FOUND"},
      {chat::Fault::method_not_allowed, 405, "UNIMPLEMENTED"},
      {chat::Fault::too_large, 413, "INVALID_ARGUMENT"},
      {chat::Fault::quota_exhausted, 429, "RESOURCE_EXHAUSTED"},
      {chat::Fault::internal, 500, "INTERNAL"},
      {chat::Fault::upstream, 502, "UNAVAILABLE"},
      {chat::Fault::no_account, 503, "UNAVAILABLE"},
      {chat::Fault::timeout, 504, "DEADLINE_EXCEEDED"},
  };
  for (const auto& c : cases) {
    chat::Error one;
    one.fault = c.fault;
    std::string out;
    protocol::gemini::error(one, "req_1", out);
    json::Document document;
    ASSERT_EQ(document.parse(out), json::Error::none) << out;
    EXPECT_EQ(document.root()["error"]["code"].to_int(), c.code);
    EXPECT_TRUE(document.root()["error"]["status"].equals(c.status)) << out;
    EXPECT_NE(out.find(R"("requestId":"req_1")"), out.npos) << out;
  }
  chat::Error field;
  field.fault = chat::Fault::invalid_request;
  field.message = "m";
  field.param = "contents";
  std::string out;
  protocol::gemini::error(field, {}, out);
  EXPECT_NE(
      out.find(
          R"({"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"contents","description":"m"}]})"),
      out.npos)
      << out;
}

// What an encoder says, the decoder of the same protocol understands.
TEST(GeminiEncode, DecodesToTheSameAnswer) {
  class Log final : public chat::Sink {
   public:
    std::string text;
    void event(const Event& event) override {
      text += std::to_string(int(event.type)) + ":" + std::string(event.text) + std::string(event.name) +
              std::string(event.arguments.text) + std::string(event.signature.text) + ";";
    }
    void usage(const chat::Usage& usage) override { text += "u" + std::to_string(usage.output) + ";"; }
    void end() override { text += "end"; }
    void fail(const chat::Error& error) override { text += error.message; }
  };
  std::vector<Event> events = {{.type = Type::thinking, .text = "hm"},
                               {.type = Type::text, .text = "t"},
                               {.type = Type::tool_call,
                                .id = "1",
                                .name = "f",
                                .arguments = {"{\"a\":1}", false},
                                .signature = {"GGGG", chat::Origin::gemini, {}}},
                               {.type = Type::finish, .finish = Finish::tool_calls}};
  std::string out = stream_of(events, {.input = 1, .output = 5, .reasoning = 2, .known = true});
  Log log;
  auto decoder = protocol::gemini::make_decoder();
  while (!out.empty()) {
    size_t end = out.find("\n\n");
    decoder->event({}, out.substr(6, end - 6), log);
    out.erase(0, end + 2);
  }
  decoder->close(false, log);
  EXPECT_TRUE(log.text.starts_with("1:hm;0:t;5:f{\"a\":1}GGGG;")) << log.text;
  EXPECT_TRUE(log.text.ends_with("u5;end")) << log.text;
}

}  // namespace
