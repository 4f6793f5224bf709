// Chat completions as imitators of OpenAI stream them.
#include <gtest/gtest.h>

#include "protocol/openai_chat.h"

namespace {

using Type = chat::Event::Type;

// What is heard, in order: thoughts in (), proofs in [] (! = by themselves), text as it is, calls as
// <number:name id args>.
class Heard final : public chat::Sink {
 public:
  void event(const chat::Event& event) override {
    std::string number = std::to_string(event.index);
    switch (event.type) {
      case Type::text: said.append(event.text); break;
      case Type::thinking: said.append("(").append(event.text).append(")"); break;
      case Type::signature: said.append("[").append(event.signature.text).append("]"); break;
      case Type::redacted_thinking: said.append("[!").append(event.signature.text).append("]"); break;
      case Type::tool_call:
        said.append("<" + number + ":").append(event.name).append(" ").append(event.id).append(" ");
        said.append(event.arguments.text).append(">");
        break;
      case Type::tool_arguments:
        said.append("<" + number + ":").append(event.arguments.text).append(">");
        break;
      case Type::finish: finish = event.finish, finishes++; break;
      default: break;
    }
  }
  void usage(const chat::Usage&) override {}
  void end() override { ended = true; }
  void fail(const chat::Error& error) override { failed = error.code; }

  std::string said, failed;
  chat::Finish finish = chat::Finish::stop;
  int finishes = 0;
  bool ended = false;
};

Heard hear(std::initializer_list<std::string_view> events, std::string_view n = {}) {
  Heard heard;
  chat::Request request;
  request.n = n;
  auto decoder = protocol::openai_chat::make_decoder();
  decoder->begin(request, {});
  for (std::string_view event : events) {
    if (!decoder->event({}, event, heard)) return heard;
  }
  decoder->close(false, heard);
  return heard;
}

TEST(OpenaiChatDecode, TakesWordsAndCallsInSeveralChoicesForOneAnswer) {
  constexpr std::string_view kSplit = R"({"choices":[
    {"index":0,"message":{"role":"assistant","content":"I look."},"finish_reason":"stop"},
    {"index":1,"message":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]},
     "finish_reason":"tool_calls"}]})";
  Heard one = hear({kSplit});
  EXPECT_EQ(one.said, "I look.<0:f a {}>");
  EXPECT_EQ(one.finish, chat::Finish::tool_calls);
  EXPECT_EQ(one.finishes, 1);
  EXPECT_EQ(hear({kSplit}, "2").finishes, 2);
}

TEST(OpenaiChatDecode, WaitsForEveryChoiceToEnd) {
  EXPECT_EQ(hear({R"({"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]})",
                  R"({"choices":[{"index":1,"delta":{"content":"b"}}]})"})
                .failed,
            "upstream_incomplete");
}

TEST(OpenaiChatDecode, TellsCallsApartByTheirIds) {
  Heard heard = hear({
      R"({"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]}}]})",
      R"({"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}}]})",
      R"({"choices":[{"delta":{"tool_calls":[{"index":0,"id":"b","function":{"name":"g","arguments":"{"}}]}}]})",
      R"({"choices":[{"delta":{"tool_calls":[{"index":3,"function":{"arguments":"}"}}]}}]})",
      R"({"choices":[{"delta":{"tool_calls":[{"id":"a","function":{"arguments":" "}}]},"finish_reason":"tool_calls"}]})",
  });
  EXPECT_EQ(heard.said, "<0:f a ><0:{}><1:g b {><1:}><0: >");
}

TEST(OpenaiChatDecode, PassesOnEncryptedThoughts) {
  EXPECT_EQ(
      hear({R"({"choices":[{"delta":{"reasoning_text":"So."}}]})",
            R"({"choices":[{"delta":{"reasoning_opaque":"AbC="}}]})",
            R"({"choices":[{"delta":{"content":"Yes.","reasoning_opaque":"DeF="},"finish_reason":"stop"}]})"})
          .said,
      "(So.)[AbC=][!DeF=]Yes.");
}

TEST(OpenaiChatDecode, FailsWhereTheModelDid) {
  Heard heard = hear({R"({"choices":[{"delta":{"content":"I w"},"finish_reason":"error"}]})"});
  EXPECT_EQ(heard.failed, "upstream_error");
  EXPECT_FALSE(heard.ended);
}

}  // namespace
