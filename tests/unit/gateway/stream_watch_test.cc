#include "gateway/stream_watch.h"

#include <gtest/gtest.h>

namespace {

using gateway::StreamWatch;

constexpr std::string_view kChat[] = {"[DONE]"};
constexpr std::string_view kAnthropic[] = {"message_stop"};
constexpr std::string_view kResponses[] = {"response.completed", "response.failed"};
constexpr std::string_view kGemini[] = {"\"finishReason\""};

// Is `stream` complete, in whatever pieces it comes?
bool complete(std::span<const std::string_view> words, std::string_view stream) {
  bool first = false;
  for (size_t step : {size_t(1), size_t(2), size_t(3), size_t(7), size_t(64), stream.size()}) {
    StreamWatch watch(words);
    for (size_t at = 0; at < stream.size(); at += step) watch.see(stream.substr(at, step));
    if (step == 1) first = watch.complete(true);
    EXPECT_EQ(watch.complete(true), first) << stream << " in pieces of " << step;
  }
  return first;
}

TEST(StreamWatch, HearsTheLastWordOfEachGrammar) {
  EXPECT_TRUE(complete(kChat, "data: {\"a\":1}\n\ndata: [DONE]\n\n"));
  EXPECT_TRUE(complete(kChat, "data:[DONE]\r\n\r\n"));
  EXPECT_TRUE(complete(kChat, "data: {\"a\":1}\n\ndata: [DONE]"));
  EXPECT_TRUE(complete(kAnthropic, "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"));
  EXPECT_TRUE(complete(kAnthropic, "data: {\"type\": \"message_stop\"}\n\n"));
  EXPECT_TRUE(
      complete(kResponses, "event: response.completed\r\ndata: {\"type\":\"response.completed\"}\r\n\r\n"));
  EXPECT_TRUE(complete(kResponses, "data: {\"type\":\"response.failed\",\"response\":{}}\n\n"));
  EXPECT_TRUE(complete(kGemini, "data: {\"candidates\":[{\"finishReason\":\"STOP\"}]}\n\n"));
}

TEST(StreamWatch, AnErrorIsALastWordToo) {
  EXPECT_TRUE(complete(kChat, "data: {\"error\":{\"message\":\"x\"}}\n\n"));
  EXPECT_TRUE(complete(kAnthropic, "event: error\ndata: {\"type\":\"error\",\"error\":{}}\n\n"));
  EXPECT_TRUE(complete(kGemini, "data: {\"error\": {\"code\":503}}\n\n"));
}

TEST(StreamWatch, IsNotFooledByTheTextOfAnAnswer) {
  EXPECT_FALSE(complete(kChat, "data: {\"content\":\"\\ndata: [DONE]\"}\n\n"));
  EXPECT_FALSE(complete(kChat, "data: {\"content\":\"[DONE]\"}\n\n"));
  EXPECT_FALSE(
      complete(kAnthropic, "data: {\"type\":\"content_block_delta\",\"text\":\"message_stop\"}\n\n"));
  EXPECT_FALSE(complete(kResponses, "data: {\"delta\":\"\\\"type\\\":\\\"response.completed\\\"\"}\n\n"));
  EXPECT_FALSE(complete(kGemini, "data: {\"text\":\"{\\\"finishReason\\\": \\\"STOP\\\"}\"}\n\n"));
}

TEST(StreamWatch, HalfALastEventIsNone) {
  EXPECT_FALSE(complete(kAnthropic, "event: message_stop\ndata: {\"type\":\"mess"));
  EXPECT_FALSE(complete(kResponses, "data: {\"type\":\"response.completed\",\"response\":{\"out"));
  EXPECT_FALSE(complete(kChat, "data: [DO"));
}

TEST(StreamWatch, KnowsWhereAnEventEnds) {
  StreamWatch watch(kChat);
  EXPECT_TRUE(watch.between_events());
  watch.see("data: {}\r\n");
  EXPECT_FALSE(watch.between_events());
  watch.see("\r\n");
  EXPECT_TRUE(watch.between_events());
  watch.see("d");
  EXPECT_FALSE(watch.between_events());
  watch.see("ata: [DONE]\n\n");
  EXPECT_TRUE(watch.over());
}

TEST(StreamWatch, AGeminiFinishMayBeFollowedByUsage) {
  StreamWatch watch(kGemini);
  watch.see("data: {\"candidates\":[{\"finishReason\":\"STOP\"}]}\n\n");
  EXPECT_TRUE(watch.complete(false));
  EXPECT_FALSE(watch.over());
}

}  // namespace
