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
    EXPECT_EQ(finished(reason, true), "text " + word(chat::Finish::error)) << reason;
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

}  // namespace
