#include <gtest/gtest.h>

#include "protocol/gemini.h"

namespace {

// How an answer ends: the finish as OpenAI words it, or "!" and the error's code.
class Ending final : public chat::Sink {
 public:
  void event(const chat::Event& event) override {
    if (event.type == chat::Event::Type::finish) said += std::to_string(int(event.finish));
    if (event.type == chat::Event::Type::text) said += "text ";
  }
  void usage(const chat::Usage& usage) override { total = usage.total; }
  void end() override {}
  void fail(const chat::Error& error) override { said += "!" + error.code; }
  std::string said;
  int64_t total = 0;
};

std::string ending(std::string_view event, bool broken = false) {
  auto decoder = protocol::gemini::make_decoder();
  Ending sink;
  if (decoder->event("", event, sink)) decoder->close(broken, sink);
  return sink.said;
}
std::string finished(std::string_view reason, bool text) {
  std::string event = R"({"candidates":[{)";
  if (text) event += R"("content":{"parts":[{"text":"x"}]},)";
  event.append(R"("finishReason":")").append(reason).append(R"("}]})");
  return ending(event);
}
std::string word(chat::Finish finish) { return std::to_string(int(finish)); }

TEST(GeminiDecode, EndsAsEachReasonSays) {
  const struct {
    std::string_view reason;
    chat::Finish finish;
  } answers[] = {
      {"STOP", chat::Finish::stop},
      {"MAX_TOKENS", chat::Finish::length},
      {"SAFETY", chat::Finish::content_filter},
      {"RECITATION", chat::Finish::content_filter},
      {"LANGUAGE", chat::Finish::content_filter},
      {"BLOCKLIST", chat::Finish::content_filter},
      {"PROHIBITED_CONTENT", chat::Finish::content_filter},
      {"SPII", chat::Finish::content_filter},
      {"IMAGE_SAFETY", chat::Finish::content_filter},
      {"IMAGE_PROHIBITED_CONTENT", chat::Finish::content_filter},
      {"IMAGE_RECITATION", chat::Finish::content_filter},
  };
  for (const auto& answer : answers) {
    EXPECT_EQ(finished(answer.reason, true), "text " + word(answer.finish)) << answer.reason;
    EXPECT_EQ(finished(answer.reason, false), word(answer.finish)) << answer.reason;
  }
}

TEST(GeminiDecode, TakesAReasonWithoutAnAnswerForAnError) {
  for (std::string reason :
       {"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "OTHER", "NO_IMAGE",
        "IMAGE_OTHER", "MALFORMED_RESPONSE", "FINISH_REASON_UNSPECIFIED", "A_WORD_TO_COME"}) {
    EXPECT_EQ(finished(reason, false), "!upstream_" + base::lower(reason));
    bool spoilt = reason.find("_CALL") != reason.npos || reason == "MALFORMED_RESPONSE";
    std::string ending = spoilt ? "!upstream_" + base::lower(reason) : word(chat::Finish::stop);
    EXPECT_EQ(finished(reason, true), "text " + ending) << reason;
  }
}

TEST(GeminiDecode, EndsProperlyHoweverTheStreamEnds) {
  EXPECT_EQ(ending(R"({"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}})"),
            word(chat::Finish::content_filter));
  EXPECT_EQ(ending(R"({"candidates":[{"content":{"parts":[{"text":"x"}]}}]})"), "text !upstream_incomplete");
  EXPECT_EQ(ending(R"({"candidates":[{"content":{"parts":[{"text":"x"}]}}]})", true),
            "text !upstream_incomplete");
  EXPECT_EQ(ending(R"({"usageMetadata":{}})"), "!upstream_empty");
  EXPECT_EQ(ending("not json"), "!upstream_invalid_json");
  EXPECT_EQ(ending(R"({"error":{"code":503,"status":"UNAVAILABLE","message":"overloaded"}})"),
            "!unavailable");
  EXPECT_EQ(ending(R"([{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}])"), "!resource_exhausted");
}

// Everything that an answer says, one event a line.
class Transcript final : public chat::Sink {
 public:
  void event(const chat::Event& event) override {
    using Type = chat::Event::Type;
    std::string name = event.type == Type::tool_call  ? "call"
                       : event.type == Type::tool_end ? "end of call"
                       : event.type == Type::search   ? "search"
                       : event.type == Type::finish   ? "finish"
                                                      : "other";
    said += name + " " + std::to_string(event.choice) + "." + std::to_string(event.index);
    for (std::string_view word :
         {event.id, event.name, event.arguments.text, event.text, event.raw, event.signature.text}) {
      if (!word.empty()) said.append(" ").append(word);
    }
    said += '\n';
  }
  void usage(const chat::Usage& usage) override { said += "usage " + std::to_string(usage.output) + "\n"; }
  void end() override { said += "end"; }
  void fail(const chat::Error& error) override { said += "!" + error.code; }
  std::string said;
};

std::string transcript(std::initializer_list<std::string_view> events) {
  auto decoder = protocol::gemini::make_decoder();
  Transcript sink;
  for (std::string_view event : events) decoder->event("", event, sink);
  decoder->close(false, sink);
  return sink.said;
}

TEST(GeminiDecode, EndsEveryCallAndCountsEarly) {
  EXPECT_EQ(
      transcript(
          {R"({"candidates":[{"content":{"parts":[{"functionCall":{"id":"1","name":"f","args":{"a":1}},"thoughtSignature":"S"},{"functionCall":{"name":"g"}}]}}],"usageMetadata":{"candidatesTokenCount":1}})",
           R"({"response":{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"candidatesTokenCount":2,"thoughtsTokenCount":3}},"traceId":"t"})"}),
      "call 0.0 1 f {\"a\":1} S\nend of call 0.0\ncall 0.1 g {}\nend of call 0.1\nusage 1\nusage 5\nfinish "
      "0.0\nusage 5\nend");
}

TEST(GeminiDecode, PutsACallTogetherThatComesInPieces) {
  EXPECT_EQ(
      transcript(
          {R"({"candidates":[{"content":{"parts":[{"functionCall":{"id":"1","name":"f","willContinue":true},"thoughtSignature":"S"}]}}]})",
           R"({"candidates":[{"content":{"parts":[{"functionCall":{"partialArgs":[{"jsonPath":"$.city","stringValue":"New \"","willContinue":true}],"willContinue":true}}]}}]})",
           R"({"candidates":[{"content":{"parts":[{"functionCall":{"partialArgs":[{"jsonPath":"$.city","stringValue":"York"},{"jsonPath":"$.days[0].n","numberValue":1.50}],"willContinue":true}}]}}]})",
           R"({"candidates":[{"content":{"parts":[{"functionCall":{"partialArgs":[{"jsonPath":"$.days[1]['a b']","boolValue":true},{"jsonPath":"$.none","nullValue":"NULL_VALUE"},{"jsonPath":"bad","stringValue":"x"}],"willContinue":true}}]}}]})",
           R"({"candidates":[{"content":{"parts":[{"functionCall":{}}]},"finishReason":"STOP"}]})"}),
      "call 0.0 1 f {\"city\":\"New \\\"York\",\"days\":[{\"n\":1.50},{\"a b\":true}],\"none\":null} S\n"
      "end of call 0.0\nfinish 0.0\nend");
}

TEST(GeminiDecode, TellsOnceWhatTheSearchFound) {
  constexpr std::string_view kEarly =
      R"({"candidates":[{"groundingMetadata":{"webSearchQueries":["a"]},"content":{"parts":[]}}]})";
  constexpr std::string_view kLast =
      R"({"candidates":[{"finishReason":"STOP","groundingMetadata":{"webSearchQueries":["a","b"],"groundingChunks":[{"web":{"uri":"https://x.org","title":"X"}},{"maps":{}}]}}]})";
  EXPECT_EQ(transcript({kEarly, kLast, R"({"candidates":[{"groundingMetadata":{}}]})"}),
            "search 0.0 a [{\"url\":\"https://x.org\",\"title\":\"X\"}]\nsearch 0.0 b []\nfinish 0.0\nend");
}

}  // namespace
