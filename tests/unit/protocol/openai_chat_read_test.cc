#include <gtest/gtest.h>

#include "protocol/gemini.h"
#include "protocol/openai_chat.h"

namespace {

// What becomes of `members` beside a model and a message: "" if it is taken, else the field at fault.
std::string fault_of(const std::string& members) {
  json::Document document;
  base::Arena arena;
  chat::Request request;
  std::string body = R"({"model":"m","messages":[{"role":"user","content":"U"}],)" + members + "}";
  EXPECT_EQ(document.parse(body), json::Error::none) << body;
  auto error = protocol::openai_chat::read(document.root(), arena, request);
  if (!error) return {};
  EXPECT_FALSE(error->message.empty());
  EXPECT_EQ(chat::status_of(*error), 400);
  return error->param;
}

TEST(OpenaiChatRead, TakesEveryFieldOfTheApi) {
  const char* members[] = {
      R"("temperature":0.5,"top_p":1,"n":2,"stop":"x","seed":-1,"presence_penalty":-2,"frequency_penalty":2)",
      R"("stop":["a","b"],"logit_bias":{"50256":-100},"logprobs":true,"top_logprobs":20)",
      R"("max_tokens":4096.0,"top_k":40)",
      R"("max_completion_tokens":1e3)",
      R"("temperature":null,"stop":null,"tools":null,"n":null,"user":null,"stream":null,"response_format":null)",
      R"("stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false})",
      R"("reasoning_effort":"xhigh","verbosity":"low","service_tier":"flex","store":true)",
      R"("prediction":{"type":"content","content":"x"},"web_search_options":{"search_context_size":"low"})",
      R"("prompt_cache_key":"k","prompt_cache_options":{},"prompt_cache_retention":"24h","safety_identifier":"s")",
      R"("modalities":["text"],"audio":{"voice":"alloy","format":"wav"},"moderation":{"model":"m"},"metadata":{"a":"b"})",
      R"("thinking":{"type":"enabled"},"enable_thinking":true,"reasoning":{},"provider":{},"anything":[1,2])",
      R"("tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"required","parallel_tool_calls":true)",
      R"("tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"f"}}]}})",
      R"("tools":[],"tool_choice":"auto")",
      R"("tools":[{"name":"f","input_schema":{}}],"tool_choice":{"type":"any"})",
      R"("tools":[{"type":"custom","name":"f","input_schema":{}}],"tool_choice":{"type":"tool","name":"f"})",
      R"("tools":[{"type":"function","name":"f","parameters":{}}],"tool_choice":{"type":"function","name":"f"})",
      R"("functions":[{"name":"f","parameters":{}}],"function_call":{"name":"f"})",
      R"("response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{},"strict":true}})",
  };
  for (const char* each : members) EXPECT_EQ(fault_of(each), "") << each;
}

TEST(OpenaiChatRead, NamesTheFieldAtFault) {
  const struct {
    const char *members, *param;
  } cases[] = {
      {R"("temperature":"hot")", "temperature"},
      {R"("n":1.5)", "n"},
      {R"("n":129)", "n"},
      {R"("max_tokens":0)", "max_tokens"},
      {R"("max_tokens":1e-3)", "max_tokens"},
      {R"("max_completion_tokens":0.5)", "max_completion_tokens"},
      {R"("top_logprobs":2)", "top_logprobs"},
      {R"("logprobs":true,"top_logprobs":21)", "top_logprobs"},
      {R"("seed":1.5)", "seed"},
      {R"("stop":5)", "stop"},
      {R"("stop":["a",null])", "stop[1]"},
      {R"("stream":"yes")", "stream"},
      {R"("stream_options":true)", "stream_options"},
      {R"("logit_bias":[])", "logit_bias"},
      {R"("metadata":"x")", "metadata"},
      {R"("modalities":"text")", "modalities"},
      {R"("reasoning_effort":"heroic")", "reasoning_effort"},
      {R"("response_format":{"type":"xml"})", "response_format.type"},
      {R"("response_format":{"type":"json_schema"})", "response_format.json_schema.schema"},
      {R"("tools":{})", "tools"},
      {R"("tools":[{"type":"function","function":{"name":""}}])", "tools[0].function.name"},
      {R"("tools":[{"type":"function","function":{"name":"f","parameters":[]}}])",
       "tools[0].function.parameters"},
      {R"("tool_choice":"required")", "tool_choice"},
      {R"("tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"sometimes")", "tool_choice"},
      {R"("tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"function","function":{"name":"g"}})",
       "tool_choice"},
      {R"("parallel_tool_calls":"no")", "parallel_tool_calls"},
      {R"("functions":{})", "functions"},
      {R"("functions":[{"description":"d"}])", "functions[0].name"},
      {R"("functions":[{"name":"f"}],"function_call":"required")", "function_call"},
      {R"("functions":[{"name":"f"}],"function_call":{"name":"g"})", "tool_choice"},
  };
  for (const auto& c : cases) EXPECT_EQ(fault_of(c.members), c.param) << c.members;
}

// Messages as Gemini gets them, or the field at fault.
std::string contents_of(const std::string& messages) {
  static json::Document document;
  static base::Arena arena;
  std::string body = R"({"model":"m","messages":[)" + messages + "]}";
  EXPECT_EQ(document.parse(body), json::Error::none) << body;
  chat::Request request;
  std::string out;
  if (auto error = protocol::openai_chat::read(document.root(), arena, request)) return error->param;
  if (auto error = protocol::gemini::write_contents(request, {}, out)) return error->param;
  return out;
}

TEST(OpenaiChatRead, ReadsEveryKindOfMessageAndPart) {
  EXPECT_EQ(
      contents_of(
          R"({"role":"user","name":"Ada","content":[{"type":"text","text":"a","prompt_cache_breakpoint":{"mode":"explicit"}},)"
          R"({"type":"image_url","image_url":{"url":"data:;base64,QUFB","detail":"high"}},)"
          R"({"type":"input_audio","input_audio":{"data":"QUFB","format":"wav"}},)"
          R"({"type":"file","file":{"file_data":"QUFB","filename":"x.PDF"}}]})"),
      R"("contents":[{"role":"user","parts":[{"text":"a"},{"inlineData":{"mimeType":"image/png","data":"QUFB"}},)"
      R"({"inlineData":{"mimeType":"audio/wav","data":"QUFB"}},{"inlineData":{"mimeType":"application/pdf","data":"QUFB"}}]}])");
  EXPECT_EQ(
      contents_of(
          R"({"role":"user","content":"q"},)"
          R"({"role":"assistant","content":null,"refusal":"no","audio":{"id":"a"}},)"
          R"({"role":"assistant","content":[{"type":"refusal","refusal":"never"},{"type":"text","text":"t"}]},)"
          R"({"role":"assistant","content":null},{"role":"user","content":""})"),
      R"("contents":[{"role":"user","parts":[{"text":"q"}]},{"role":"model","parts":[{"text":"no"},{"text":"never"},{"text":"t"}]}])");
}

TEST(OpenaiChatRead, TakesFunctionsForTools) {
  EXPECT_EQ(contents_of(
                R"({"role":"user","content":"q"},)"
                R"({"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{\"x\":1}"}},)"
                R"({"role":"function","name":"f","content":"r"})"),
            R"("contents":[{"role":"user","parts":[{"text":"q"}]},)"
            R"({"role":"model","parts":[{"functionCall":{"name":"f","args":{"x":1}}}]},)"
            R"({"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"r"}}}]}])");
}

TEST(OpenaiChatRead, NamesTheMessageAtFault) {
  const struct {
    const char *messages, *param;
  } cases[] = {
      {R"(5)", "messages[0]"},
      {R"({"content":"x"})", "messages[0].role"},
      {R"({"role":5,"content":"x"})", "messages[0].role"},
      {R"({"role":"user"})", "messages[0].content"},
      {R"({"role":"user","content":5})", "messages[0].content"},
      {R"({"role":"user","content":[5]})", "messages[0].content[0]"},
      {R"({"role":"user","content":[{"type":"hologram"}]})", "messages[0].content[0].type"},
      {R"({"role":"user","content":[{"type":"text"}]})", "messages[0].content[0].text"},
      {R"({"role":"user","content":[{"type":"image_url"}]})", "messages[0].content[0].image_url.url"},
      {R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png,raw"}}]})",
       "messages[0].content[0].image_url.url"},
      {R"({"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AA","format":"midi"}}]})",
       "messages[0].content[0].input_audio.format"},
      {R"({"role":"user","content":[{"type":"file","file":{}}]})", "messages[0].content[0].file.file_data"},
      {R"({"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]})", "file_id"},
      {R"({"role":"assistant","tool_calls":{}})", "messages[0].tool_calls"},
      {R"({"role":"assistant","tool_calls":[{"id":"a","function":{"arguments":"{}"}}]})",
       "messages[0].tool_calls[0].function.name"},
      {R"({"role":"assistant","function_call":{"arguments":"{}"}})", "messages[0].function_call.name"},
      {R"({"role":"tool","content":"r"})", "messages[0].tool_call_id"},
      {R"({"role":"function","content":"r"})", "messages[0].name"},
      {R"({"role":"system","content":null})", "messages[0].content"},
  };
  for (const auto& c : cases) EXPECT_EQ(contents_of(c.messages), c.param) << c.messages;
}

}  // namespace
