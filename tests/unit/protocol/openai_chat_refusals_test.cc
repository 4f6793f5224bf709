// What the reader of chat completions refuses, and in which words; what it accepts stands in the golden
// files.
#include <gtest/gtest.h>

#include "protocol/openai_chat.h"

namespace {

// `request` is good until the next call.
std::optional<chat::Error> read(std::string text, chat::Request& request) {
  static std::string body;
  static json::Document document;
  static base::Arena arena;
  body = std::move(text);
  EXPECT_EQ(document.parse(body), json::Error::none) << body;
  return protocol::openai_chat::read(document.root(), arena, request);
}

std::string with(std::string_view member) {
  return R"({"model":"m","messages":[{"role":"user","content":"Hi"}],)" + std::string(member) + "}";
}
std::string saying(std::string_view message) {
  return R"({"model":"m","messages":[)" + std::string(message) + "]}";
}

TEST(OpenaiChatRefusals, NamesTheFieldAtFault) {
  const struct {
    std::string body;
    const char* param;
  } rows[] = {
      {"[]", "body"},
      {R"({"messages":[]})", "messages"},
      {R"({"messages":[{"role":"user","content":"x"}]})", "model"},
      {R"({"model":"m"})", "messages"},
      {R"({"model":"m","messages":null})", "messages"},
      {R"({"model":7,"messages":[]})", "model"},
      {saying("5"), "messages[0]"},
      {saying(R"({"content":"x"})"), "messages[0].role"},
      {saying(R"({"role":7,"content":"x"})"), "messages[0].role"},
      {saying(R"({"role":"user"})"), "messages[0].content"},
      {saying(R"({"role":"user","content":7})"), "messages[0].content"},
      {saying(R"({"role":"user","content":[7]})"), "messages[0].content[0]"},
      {saying(R"({"role":"user","content":[{"type":"smell"}]})"), "messages[0].content[0].type"},
      {saying(R"({"role":"user","content":[{"type":"text"}]})"), "messages[0].content[0].text"},
      {saying(R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"data:x"}}]})"),
       "messages[0].content[0].image_url.url"},
      {saying(
           R"({"role":"user","content":[{"type":"input_audio","input_audio":{"data":"A","format":"8track"}}]})"),
       "messages[0].content[0].input_audio.format"},
      {saying(R"({"role":"user","content":[{"type":"input_audio","input_audio":{}}]})"),
       "messages[0].content[0].input_audio.data"},
      {saying(R"({"role":"user","content":[{"type":"file","file":{}}]})"),
       "messages[0].content[0].file.file_data"},
      {saying(R"({"role":"system","content":7})"), "messages[0].content"},
      {saying(R"({"role":"tool","content":"x"})"), "messages[0].tool_call_id"},
      {saying(R"({"role":"assistant","tool_calls":{}})"), "messages[0].tool_calls"},
      {saying(R"({"role":"assistant","tool_calls":[{"function":{}}]})"),
       "messages[0].tool_calls[0].function.name"},
      {saying(R"({"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":7}}]})"),
       "messages[0].tool_calls[0].function.arguments"},
      {with(R"("tools":{})"), "tools"},
      {with(R"("tools":[{"type":"oven"}])"), "tools[0].type"},
      {with(R"("tools":[{"type":"function","function":{"name":""}}])"), "tools[0].function.name"},
      {with(R"("tools":[{"type":"function","function":{"name":"f","parameters":7}}])"),
       "tools[0].function.parameters"},
      {with(R"("tool_choice":"maybe")"), "tool_choice"},
      {with(R"("response_format":{"type":"xml"})"), "response_format.type"},
      {with(R"("response_format":{"type":"json_schema"})"), "response_format.json_schema.schema"},
      {with(R"("stop":7)"), "stop"},
      {with(R"("stop":["a",7])"), "stop[1]"},
      {with(R"("n":0)"), "n"},
      {with(R"("n":129)"), "n"},
      {with(R"("stream":"yes")"), "stream"},
      {with(R"("stream_options":7)"), "stream_options"},
      {with(R"("top_logprobs":3)"), "top_logprobs"},
      {with(R"("reasoning_effort":"heroic")"), "reasoning_effort"},
      {with(R"("parallel_tool_calls":"no")"), "parallel_tool_calls"},
      {with(R"("metadata":[])"), "metadata"},
  };
  for (const auto& row : rows) {
    chat::Request request;
    auto problem = read(row.body, request);
    ASSERT_TRUE(problem) << row.body;
    EXPECT_EQ(problem->param, row.param) << row.body;
    EXPECT_EQ(chat::status_of(*problem), 400);
    EXPECT_FALSE(problem->message.empty());
  }
}

TEST(OpenaiChatRefusals, KeepsTextAsItWasEscaped) {
  chat::Request request;
  ASSERT_FALSE(read(saying(R"({"role":"user","content":"a\u00e9\n"})"), request));
  ASSERT_EQ(request.blocks.size(), 1u);
  EXPECT_EQ(request.blocks[0].body, R"(a\u00e9\n)");
}

TEST(OpenaiChatRefusals, JoinsWhatOneSideSaysInARow) {
  chat::Request request;
  ASSERT_FALSE(read(
      saying(
          R"({"role":"user","content":"a"},{"role":"user","content":"b"},{"role":"assistant","content":"c"})"),
      request));
  ASSERT_EQ(request.messages.size(), 2u);
  EXPECT_EQ(request.messages[0].count, 2u);
  EXPECT_EQ(request.messages[1].first, 2u);
}

TEST(OpenaiChatRefusals, AToolResultOwnsItsParts) {
  chat::Request request;
  ASSERT_FALSE(read(
      saying(
          R"({"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f"}}]},)"
          R"({"role":"tool","tool_call_id":"1","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},)"
          R"({"role":"user","content":"c"})"),
      request));
  ASSERT_EQ(request.blocks.size(), 5u);
  EXPECT_EQ(request.blocks[1].children, 2u);
  EXPECT_EQ(request.blocks[1].name, "f");
  EXPECT_EQ(request.blocks[4].body, "c");
}

TEST(OpenaiChatRefusals, AFileMayStandAtAUrl) {
  chat::Request request;
  ASSERT_FALSE(read(
      saying(
          R"({"role":"user","content":[{"type":"file","file":{"file_url":"https://example.com/a.pdf?x=1"}}]})"),
      request));
  ASSERT_EQ(request.blocks.size(), 1u);
  EXPECT_EQ(request.blocks[0].source, chat::Source::url);
  EXPECT_EQ(request.blocks[0].media_type, "application/pdf");
}

}  // namespace
