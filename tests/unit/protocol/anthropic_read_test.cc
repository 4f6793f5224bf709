// Anthropic Messages: what a client's request becomes in the model, and what is wrong with one.
#include <gtest/gtest.h>

#include "anthropic_helpers.h"
#include "protocol/opaque.h"

namespace {

using chat::Block;
using Kind = Block::Kind;
using anthropic_test::read;
using protocol::kAnthropic;

std::unique_ptr<anthropic_test::Read> body(std::string_view members) {
  return read(kAnthropic, R"({"model":"m","max_tokens":100,)" + std::string(members) + "}");
}
std::unique_ptr<anthropic_test::Read> content(std::string_view role, std::string_view blocks) {
  return body(R"("messages":[{"role":")" + std::string(role) + R"(","content":)" + std::string(blocks) +
              "}]");
}

// Every block as "kind[flags] body|id|name|arguments|signature".
std::string shape(const chat::Request& request) {
  std::string out;
  static constexpr std::string_view kNames[] = {"text", "thinking", "media", "call", "result"};
  for (const Block& block : request.blocks) {
    out += kNames[int(block.kind)];
    if (block.redacted) out += "!";
    if (block.instruction) out += "*";
    if (block.is_error) out += "?";
    if (block.children) out += std::to_string(block.children);
    for (std::string_view part : {block.body, block.id, block.name, block.media_type, block.arguments.text,
                                  block.signature.text, block.cache_control}) {
      if (!part.empty()) out.append(" ").append(part);
    }
    out += '\n';
  }
  return out;
}

TEST(AnthropicRead, TakesARequestThatFillsTheCacheOnly) {
  auto filling =
      read(kAnthropic, R"({"model":"m","max_tokens":0,"messages":[{"role":"user","content":"x"}]})");
  EXPECT_EQ(filling->request.max_tokens, "1");
}

TEST(AnthropicRead, ReadsEveryBlock) {
  const struct {
    std::string_view role, blocks, expected;
  } cases[] = {
      {"user", R"("hi")", "text hi\n"},
      {"user", R"([{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}])",
       "text a {\"type\":\"ephemeral\"}\n"},
      {"user", R"([{"type":"text","text":""}])", ""},
      {"user", R"([{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}}])",
       "media AA== image/png\n"},
      {"user", R"([{"type":"image","source":{"type":"url","url":"https://a/b.png"}}])",
       "media https://a/b.png\n"},
      {"user", R"([{"type":"image","source":{"type":"file","file_id":"file_1"}}])", "media file_1 image/*\n"},
      {"user",
       R"([{"type":"document","title":"T","context":"C","source":{"type":"base64","media_type":"application/pdf","data":"AA=="}}])",
       "text C\nmedia AA== T application/pdf\n"},
      {"user",
       R"([{"type":"document","title":"T","source":{"type":"text","media_type":"text/plain","data":"D"}}])",
       "text T\ntext D\n"},
      {"user",
       R"([{"type":"document","source":{"type":"content","content":[{"type":"text","text":"x"},{"type":"image","source":{"type":"url","url":"u"}}]}}])",
       "text x\nmedia u\n"},
      {"user", R"([{"type":"document","source":{"type":"url","url":"https://a/b.pdf"}}])",
       "media https://a/b.pdf application/pdf\n"},
      {"user",
       R"([{"type":"search_result","title":"T","source":"S","content":[{"type":"text","text":"x"}]}])",
       "text T\ntext S\ntext x\n"},
      {"user", R"([{"type":"tool_result","tool_use_id":"t","content":"ok"}])", "result1 t\ntext ok\n"},
      {"user", R"([{"type":"tool_result","tool_use_id":"t","is_error":true}])", "result? t\n"},
      {"user",
       R"([{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"x"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}},{"type":"tool_reference","tool_name":"f"}]}])",
       "result3 t\ntext x\nmedia AA== image/png\ntext f\n"},
      {"assistant", R"([{"type":"tool_use","id":"t","name":"f","input":{"a":1},"caller":{"type":"direct"}}])",
       "call t f {\"a\":1}\n"},
      {"assistant", R"([{"type":"thinking","thinking":"T","signature":"S"},{"type":"text","text":"x"}])",
       "thinking T S\ntext x\n"},
      {"assistant", R"([{"type":"redacted_thinking","data":"D"}])", "thinking! D\n"},
      {"assistant",
       R"([{"type":"server_tool_use","id":"s","name":"web_search","input":{}},{"type":"web_search_tool_result","tool_use_id":"s","content":[]},{"type":"text","text":"x"}])",
       "text x\n"},
      {"user", R"([{"type":"compaction","content":"so far"}])", "text so far\n"},
  };
  for (const auto& c : cases) {
    auto in = content(c.role, c.blocks);
    EXPECT_FALSE(in->error) << c.blocks << in->error->message;
    EXPECT_EQ(shape(in->request), c.expected) << c.blocks;
    EXPECT_FALSE(in->request.packed) << c.blocks;
  }
}

TEST(AnthropicRead, NamesTheFieldThatIsWrong) {
  const struct {
    std::string_view body, message;
  } cases[] = {
      {R"({"max_tokens":1,"messages":[{"role":"user","content":"x"}]})", "model: Field required"},
      {R"({"model":"m","messages":[{"role":"user","content":"x"}]})", "max_tokens: Field required"},
      {R"({"model":"m","max_tokens":1})", "messages: Field required"},
      {R"({"model":"m","max_tokens":-1,"messages":[]})",
       "max_tokens: Input should be greater than or equal to 0"},
      {R"({"model":"m","max_tokens":1,"messages":[]})", "messages: at least one message is required"},
      {R"({"model":"m","max_tokens":1,"messages":[{"role":"tool","content":"x"}]})",
       "messages.0.role: Input should be 'user', 'assistant' or 'system'"},
      {R"({"model":"m","max_tokens":1,"messages":[{"role":"user"}]})", "messages.0.content: Field required"},
      {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"text":"x"}]}]})",
       "messages.0.content.0.type: Field required"},
      {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"text"}]}]})",
       "messages.0.content.0.text.text: Field required"},
      {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"tool_use","id":"a","name":"f","input":{}}]}]})",
       "messages.0.content.0: `tool_use` blocks can only be in `assistant` messages"},
      {R"({"model":"m","max_tokens":1,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":"x"}]}]})",
       "messages.0.content.0.tool_use.input: Input should be a valid dictionary"},
      {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"tool_result"}]}]})",
       "messages.0.content.0.tool_result.tool_use_id: Field required"},
      {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png"}}]}]})",
       "messages.0.content.0.image.source.data: Field required"},
      {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],"tools":[{"name":"f"}]})",
       "tools.0.custom.input_schema: Field required"},
      {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],"tool_choice":{"type":"some"}})",
       "tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'"},
      {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],"thinking":{"type":"enabled"}})",
       "thinking.enabled.budget_tokens: Field required"},
      {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],"thinking":{"type":"enabled","budget_tokens":9}})",
       "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024"},
      {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],"output_config":{"effort":"huge"}})",
       "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'"},
      {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],"stop_sequences":[1]})",
       "stop_sequences.0: Input should be a valid string"},
      {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],"temperature":"1"})",
       "temperature: Input should be a valid number"},
      {R"({"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"container_upload","file_id":"f"}]}]})",
       "messages.0.content.0.container_upload: Files cannot be put into a container through this gateway: "
       "send "
       "their content."},
  };
  for (const auto& c : cases) {
    auto in = read(kAnthropic, c.body);
    ASSERT_TRUE(in->error) << c.body;
    EXPECT_EQ(in->error->message, c.message);
    EXPECT_EQ(chat::status_of(*in->error), 400);
  }
}

TEST(AnthropicRead, RefusesThreadsWithTheCodeThatMakesTheSdkSendAll) {
  auto in = body(R"("messages":[{"role":"user","content":"x"}],"thread":{"type":"create"})");
  ASSERT_TRUE(in->error);
  EXPECT_EQ(in->error->code, "thread_unsupported_request");
  std::string out;
  kAnthropic.error(*in->error, "req_1", out);
  EXPECT_NE(out.find(R"("details":{"error_code":"thread_unsupported_request"}},"request_id":"req_1"})"),
            out.npos)
      << out;
}

TEST(AnthropicRead, CountsTokensOfARequestWithoutALimit) {
  auto in = read(kAnthropic, R"({"model":"m","messages":[{"role":"user","content":"x"}],"tools":[]})");
  ASSERT_TRUE(in->error);
  EXPECT_EQ(in->error->param, "max_tokens");
  EXPECT_EQ(shape(in->request), "text x\n");
}

// The recorded request of Claude Code, cut short.
TEST(AnthropicRead, UnderstandsClaudeCode) {
  auto in = body(
      R"("messages":[{"role":"user","content":[{"type":"text","text":"U"}]},)"
      R"({"role":"system","content":[{"type":"text","text":"S","cache_control":{"type":"ephemeral"}}],"output_config":{"effort":"high"}}],)"
      R"("system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=2;"},{"type":"text","text":"A","cache_control":{"type":"ephemeral"}}],)"
      R"("tools":[{"name":"Bash","description":"d","input_schema":{"type":"object"},"defer_loading":true}],)"
      R"("metadata":{"user_id":"{\"session_id\":\"s\"}"},"thinking":{"type":"adaptive","display":"updates"},)"
      R"("context_management":{"edits":[]},"output_config":{"effort":"medium"},"stream":true)");
  ASSERT_FALSE(in->error) << in->error->message;
  const chat::Request& request = in->request;
  EXPECT_EQ(shape(request), "text U\ntext* S {\"type\":\"ephemeral\"}\n");
  ASSERT_EQ(request.system.size(), 1u);
  EXPECT_EQ(request.system[0].text, "A");
  EXPECT_EQ(request.thinking.effort, chat::Thinking::Effort::high);
  EXPECT_EQ(request.thinking.include, "true");
  EXPECT_EQ(request.user, R"({\"session_id\":\"s\"})");
  EXPECT_EQ(request.tools[0].name, "Bash");
  EXPECT_TRUE(request.stream);
}

TEST(AnthropicRead, ReadsThinking) {
  using Effort = chat::Thinking::Effort;
  const struct {
    std::string_view members;
    Effort effort;
    std::string_view budget, include;
  } cases[] = {
      {R"("stream":false)", Effort::unset, "", "false"},
      {R"("thinking":{"type":"disabled"})", Effort::none, "", "false"},
      {R"("thinking":{"type":"disabled"},"output_config":{"effort":"high"})", Effort::none, "", "false"},
      {R"("thinking":{"type":"enabled","budget_tokens":2048})", Effort::unset, "2048", "true"},
      {R"("thinking":{"type":"enabled","budget_tokens":2048,"display":"omitted"})", Effort::unset, "2048",
       "false"},
      {R"("thinking":{"type":"adaptive"})", Effort::unset, "", "true"},
      {R"("thinking":{"type":"between_tools"},"output_config":{"effort":"low"})", Effort::none, "", "false"},
  };
  for (const auto& c : cases) {
    auto in = body(std::string(c.members) + R"(,"messages":[{"role":"user","content":"x"}])");
    ASSERT_FALSE(in->error) << c.members << in->error->message;
    EXPECT_EQ(in->request.thinking.effort, c.effort) << c.members;
    EXPECT_EQ(in->request.thinking.budget, c.budget) << c.members;
    EXPECT_EQ(in->request.thinking.include, c.include) << c.members;
  }
}

TEST(AnthropicRead, ReadsToolsAndFormats) {
  auto in = body(
      R"("messages":[{"role":"user","content":"x"},{"role":"system","content":[)"
      R"({"type":"tool_addition","tool":{"type":"tool_definition","definition":{"name":"late","input_schema":{}}}},)"
      R"({"type":"tool_removal","tool":{"type":"tool_reference","name":"f"}}]}],)"
      R"("tools":[{"name":"f","input_schema":{}},{"type":"custom","name":"g","input_schema":{"type":"object"},"strict":true},)"
      R"({"type":"web_search_20260318","name":"web_search"},{"type":"bash_20250124","name":"bash"},{"type":"code_execution_20260521","name":"code_execution"}],)"
      R"("tool_choice":{"type":"tool","name":"g","disable_parallel_tool_use":true},)"
      R"("output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}},"service_tier":"standard_only","stop_sequences":["a","b"])");
  ASSERT_FALSE(in->error) << in->error->message;
  const chat::Request& request = in->request;
  std::string names;
  for (const chat::Tool& tool : request.tools) names.append(tool.name).append(" ");
  EXPECT_EQ(names, "late g bash ");
  EXPECT_EQ(request.tools[1].strict, "true");
  EXPECT_TRUE(request.web_search);
  EXPECT_EQ(request.tool_choice.mode, chat::ToolChoice::Mode::named);
  EXPECT_EQ(request.tool_choice.names[0], "g");
  EXPECT_EQ(request.parallel_tool_calls, "false");
  EXPECT_EQ(request.format.schema, R"({"type":"object"})");
  EXPECT_EQ(request.service_tier, "default");
  EXPECT_EQ(request.stop.size(), 2u);
}

TEST(AnthropicRead, PutsForeignProofsBackInTheirPlaces) {
  std::string proof;
  protocol::append_opaque({"AAAA", chat::Origin::gemini, "89abcdef"}, chat::Origin::anthropic, proof);
  auto in = content("assistant", R"([{"type":"thinking","thinking":"T","signature":")" + proof +
                                     R"("},{"type":"text","text":"x"},{"type":"redacted_thinking","data":")" +
                                     proof + R"("},{"type":"thinking","thinking":"","signature":")" + proof +
                                     R"("},{"type":"tool_use","id":"t","name":"f","input":{}},)" +
                                     R"({"type":"tool_use","id":"u","name":"f","input":{}}])");
  ASSERT_FALSE(in->error) << in->error->message;
  EXPECT_EQ(shape(in->request), "thinking T AAAA\ntext x AAAA\ncall t f {} AAAA\ncall u f {}\n");
  EXPECT_TRUE(in->request.packed);
  for (size_t i = 0; i < 3; i++) {
    EXPECT_EQ(in->request.blocks[i].signature.origin, chat::Origin::gemini);
    EXPECT_EQ(in->request.blocks[i].signature.home, "89abcdef");
  }
  EXPECT_EQ(in->request.messages[0].count, 4u);
}

}  // namespace
