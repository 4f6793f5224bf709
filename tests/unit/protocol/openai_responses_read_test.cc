#include <gtest/gtest.h>

#include "json/escape.h"
#include "protocol/compaction.h"
#include "protocol/opaque.h"
#include "protocol/openai_chat.h"
#include "protocol/openai_responses.h"

namespace {

using chat::Block;
using chat::Origin;
using Kind = Block::Kind;

struct Reading {
  json::Document document;
  base::Arena arena;
  chat::Request request;
  std::optional<chat::Error> error;

  explicit Reading(std::string body) : body_(std::move(body)) {
    EXPECT_EQ(document.parse(body_), json::Error::none) << body_;
    error = protocol::openai_responses::read(document.root(), arena, request);
  }
  std::string problem() const { return error ? error->param + ": " + error->message : "none"; }

 private:
  std::string body_;
};

std::string with_input(std::string_view items) {
  return R"({"model":"m","input":[)" + std::string(items) + "]}";
}

std::string write(const chat::Request& request, protocol::Target target = {}) {
  if (target.model.empty()) target.model = "gpt-5";
  std::string out;
  auto error = protocol::openai_responses::write(request, target, out);
  return error ? error->param + ": " + error->message : out;
}

TEST(OpenaiResponsesRead, AStringIsOneUserMessage) {
  Reading reading(R"({"model":"m","input":"hi","instructions":"I"})");
  ASSERT_FALSE(reading.error) << reading.problem();
  ASSERT_EQ(reading.request.blocks.size(), 1u);
  EXPECT_EQ(reading.request.blocks[0].body, "hi");
  EXPECT_EQ(reading.request.system[0].text, "I");
}

TEST(OpenaiResponsesRead, DeveloperMessagesLeadOrKeepTheirPlace) {
  Reading reading(with_input(
      R"({"type":"message","role":"developer","content":[{"type":"input_text","text":"A"},{"type":"input_text","text":"B"}]},)"
      R"({"role":"user","content":"u"},{"role":"system","content":"C"})"));
  ASSERT_FALSE(reading.error) << reading.problem();
  ASSERT_EQ(reading.request.system.size(), 2u);
  EXPECT_TRUE(reading.request.blocks[1].instruction);
  EXPECT_EQ(reading.request.blocks[1].body, "C");
}

TEST(OpenaiResponsesRead, EveryKindOfContent) {
  Reading reading(with_input(
      R"({"role":"user","content":[{"type":"input_text","text":"t"},)"
      R"({"type":"input_image","image_url":"data:image/jpeg;base64,QUJD","detail":"low"},)"
      R"({"type":"input_image","file_id":"file-1"},)"
      R"({"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,QUJD"},)"
      R"({"type":"input_file","file_url":"https://x/y.pdf"},)"
      R"({"type":"input_audio","input_audio":{"data":"QUJD","format":"mp3"}}]},)"
      R"({"role":"assistant","content":[{"type":"output_text","text":"a","annotations":[]},{"type":"refusal","refusal":"r"}],"phase":"final_answer"})"));
  ASSERT_FALSE(reading.error) << reading.problem();
  const auto& blocks = reading.request.blocks;
  ASSERT_EQ(blocks.size(), 8u);
  EXPECT_EQ(blocks[1].media_type, "image/jpeg");
  EXPECT_EQ(blocks[1].detail, "low");
  EXPECT_EQ(blocks[2].source, chat::Source::file_id);
  EXPECT_EQ(blocks[3].media_type, "application/pdf");
  EXPECT_EQ(blocks[4].source, chat::Source::url);
  EXPECT_EQ(blocks[5].media_type, "audio/mpeg");
  EXPECT_EQ(blocks[7].body, "r");
}

TEST(OpenaiResponsesRead, CallsAndTheirResults) {
  Reading reading(with_input(
      R"({"type":"function_call","call_id":"c1","name":"f","arguments":"{\"x\":1}"},)"
      R"({"type":"function_call","call_id":"c2","name":"spawn","namespace":"agents","arguments":"{}"},)"
      R"({"type":"custom_tool_call","call_id":"c3","name":"apply_patch","input":"*** Begin"},)"
      R"({"type":"local_shell_call","call_id":"c4","action":{"type":"exec","command":["ls"]}},)"
      R"({"type":"function_call_output","call_id":"c1","output":"one"},)"
      R"({"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"two"},{"type":"input_image","image_url":"data:image/png;base64,QUJD"}]},)"
      R"({"type":"custom_tool_call_output","call_id":"c3","output":"three"},)"
      R"({"type":"shell_call_output","call_id":"c4","output":[{"stdout":"four","outcome":{"type":"exit","exit_code":0}}]})"));
  ASSERT_FALSE(reading.error) << reading.problem();
  const auto& blocks = reading.request.blocks;
  EXPECT_EQ(blocks[1].name, "agents__spawn");
  EXPECT_TRUE(blocks[2].custom);
  EXPECT_EQ(blocks[2].arguments.text, "*** Begin");
  EXPECT_EQ(blocks[3].name, "local_shell");
  EXPECT_EQ(blocks[3].arguments.text, R"({"type":"exec","command":["ls"]})");
  EXPECT_EQ(blocks[4].name, "f");
  EXPECT_EQ(blocks[4].children, 1);
  EXPECT_EQ(blocks[6].name, "agents__spawn");
  EXPECT_EQ(blocks[6].children, 2);
  EXPECT_TRUE(blocks[9].custom);
  EXPECT_EQ(json::unescaped(blocks.back().body),
            R"([{"stdout":"four","outcome":{"type":"exit","exit_code":0}}])");
}

TEST(OpenaiResponsesRead, Reasoning) {
  std::string packed;
  protocol::append_opaque({"c2ln", Origin::anthropic, "0123abcd"}, Origin::openai_responses, packed);
  Reading reading(with_input(
      R"({"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"b"}],"content":null,"encrypted_content":"gAAA"},)"
      R"({"type":"reasoning","summary":[],"encrypted_content":"gBBB"},)"
      R"({"type":"reasoning","summary":[],"content":[{"type":"reasoning_text","text":"raw"}],"encrypted_content":")" +
      packed + R"("},{"type":"reasoning","summary":[]},{"role":"user","content":"u"})"));
  ASSERT_FALSE(reading.error) << reading.problem();
  const auto& blocks = reading.request.blocks;
  ASSERT_EQ(blocks.size(), 4u);
  EXPECT_EQ(blocks[0].body, "a\\n\\nb");
  EXPECT_EQ(blocks[0].id, "rs_1");
  EXPECT_EQ(blocks[0].signature.origin, Origin::openai_responses);
  EXPECT_TRUE(blocks[1].redacted);
  EXPECT_EQ(blocks[2].body, "raw");
  EXPECT_EQ(blocks[2].signature.origin, Origin::anthropic);
  EXPECT_TRUE(reading.request.packed);
}

TEST(OpenaiResponsesRead, CompactionsOfOursAreExpandedAndForeignOnesKept) {
  std::string slot;
  protocol::append_compaction("was \\\"here\\\"", slot);
  Reading reading(with_input(R"({"type":"compaction","encrypted_content":")" + slot +
                             R"("},{"type":"compaction","id":"cmp_1","encrypted_content":"gCCC"})"));
  ASSERT_FALSE(reading.error) << reading.problem();
  EXPECT_EQ(reading.request.blocks[0].body, "Summary of the conversation so far:\\n\\nwas \\\"here\\\"");
  std::string out = write(reading.request);
  EXPECT_NE(out.find(R"({"type":"compaction","id":"cmp_1","encrypted_content":"gCCC"})"), out.npos) << out;
  // A slot that a client has tampered with is not text of ours.
  base::Arena arena;
  EXPECT_FALSE(protocol::read_compaction("ISTHMUS1compact_\xFF", arena));
  EXPECT_FALSE(protocol::read_compaction("gAAA", arena));
}

TEST(OpenaiResponsesRead, ToolsOfEveryKind) {
  Reading reading(
      R"({"model":"m","input":[{"type":"additional_tools","role":"developer","tools":[{"type":"function","name":"late"}]},{"role":"user","content":"u"}],"tools":[)"
      R"({"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":true},)"
      R"({"type":"custom","name":"apply_patch","format":{"type":"grammar","syntax":"lark","definition":"x"}},)"
      R"({"type":"namespace","name":"agents","description":"n","tools":[{"type":"function","name":"spawn","parameters":{}},{"type":"function","name":"wait"}]},)"
      R"({"type":"web_search"},{"type":"tool_search"},{"type":"image_generation"},{"type":"of_tomorrow"}],)"
      R"("tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"},{"type":"function","name":"wait","namespace":"agents"}]}})");
  ASSERT_FALSE(reading.error) << reading.problem();
  const auto& tools = reading.request.tools;
  ASSERT_EQ(tools.size(), 5u);
  EXPECT_EQ(tools[0].strict, "true");
  EXPECT_TRUE(tools[1].custom);
  EXPECT_EQ(tools[2].name, "agents__spawn");
  EXPECT_EQ(tools[2].space, "agents");
  EXPECT_EQ(tools[2].member, "spawn");
  EXPECT_EQ(tools[4].name, "late");
  EXPECT_TRUE(reading.request.web_search);
  EXPECT_EQ(reading.request.tool_choice.mode, chat::ToolChoice::Mode::required);
  EXPECT_EQ(reading.request.tool_choice.names, (std::vector<chat::Text>{"f", "agents__wait"}));
}

TEST(OpenaiResponsesRead, ToolChoices) {
  using Mode = chat::ToolChoice::Mode;
  auto mode = [](std::string_view choice) {
    Reading reading(R"({"model":"m","input":"u","tool_choice":)" + std::string(choice) + "}");
    EXPECT_FALSE(reading.error) << reading.problem();
    return reading.request.tool_choice.mode;
  };
  EXPECT_EQ(mode(R"("none")"), Mode::none);
  EXPECT_EQ(mode(R"("required")"), Mode::required);
  EXPECT_EQ(mode(R"({"type":"function","name":"f"})"), Mode::named);
  EXPECT_EQ(mode(R"({"type":"custom","name":"f"})"), Mode::named);
  EXPECT_EQ(mode(R"({"type":"web_search"})"), Mode::automatic);
  EXPECT_EQ(mode("null"), Mode::unset);
}

TEST(OpenaiResponsesRead, Settings) {
  Reading reading(
      R"({"model":"m","input":"u","reasoning":{"effort":"high","summary":"auto"},"max_output_tokens":100,"temperature":0.5,"top_p":0.9,)"
      R"("include":["reasoning.encrypted_content","message.output_text.logprobs"],"top_logprobs":3,"metadata":{"a":"b"},"safety_identifier":"s",)"
      R"("service_tier":"auto","parallel_tool_calls":false,"stream":true,"store":false,"truncation":"auto","text":{"verbosity":"low",)"
      R"("format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true}},"client_metadata":{},"of_tomorrow":1})");
  ASSERT_FALSE(reading.error) << reading.problem();
  const chat::Request& request = reading.request;
  EXPECT_EQ(request.thinking.effort, chat::Thinking::Effort::high);
  EXPECT_EQ(request.thinking.include, "true");
  EXPECT_EQ(request.max_tokens, "100");
  EXPECT_EQ(request.logprobs, "true");
  EXPECT_EQ(request.top_logprobs, "3");
  EXPECT_EQ(request.user, "s");
  EXPECT_EQ(request.parallel_tool_calls, "false");
  EXPECT_EQ(request.verbosity, "low");
  EXPECT_EQ(request.format.name, "n");
  EXPECT_TRUE(request.stream);
}

TEST(OpenaiResponsesRead, RefusesClearly) {
  auto problem = [](std::string_view body) { return Reading(std::string(body)).problem(); };
  EXPECT_TRUE(problem(R"({"input":"u"})").starts_with("model: Missing"));
  EXPECT_TRUE(problem(R"({"model":"m"})").starts_with("input: Missing"));
  EXPECT_TRUE(problem(R"({"model":"m","input":5})").starts_with("input: Invalid type"));
  EXPECT_TRUE(problem(R"({"model":"m","input":[]})").starts_with("input: Invalid value"));
  EXPECT_TRUE(problem(with_input("5")).starts_with("input[0]: Invalid type"));
  EXPECT_TRUE(problem(with_input("{}")).starts_with("input[0].type: Missing"));
  EXPECT_TRUE(problem(with_input(R"({"role":"robot","content":"x"})")).starts_with("input[0].role: "));
  EXPECT_TRUE(problem(with_input(R"({"role":"user"})")).starts_with("input[0].content: Missing"));
  EXPECT_TRUE(problem(with_input(R"({"role":"user","content":[{"type":"image_url"}]})"))
                  .starts_with("input[0].content[0].type: "));
  EXPECT_TRUE(problem(with_input(R"({"type":"item_reference","id":"msg_1"})"))
                  .starts_with("input[0]: Invalid value for 'input[0]': Item 'msg_1' is not known"));
  EXPECT_EQ(problem(with_input(R"({"type":"item_reference","id":"rs_1"})")), "none");
  EXPECT_TRUE(problem(with_input(R"({"type":"function_call_output","output":"x"})"))
                  .starts_with("input[0].call_id: Missing"));
  EXPECT_TRUE(problem(R"({"model":"m","input":"u","previous_response_id":"resp_1"})")
                  .starts_with("previous_response_id: Previous response with id 'resp_1' not found"));
  EXPECT_TRUE(problem(R"({"model":"m","input":"u","conversation":"c"})").starts_with("conversation: "));
  EXPECT_TRUE(problem(R"({"model":"m","input":"u","background":true})").starts_with("background: "));
  EXPECT_EQ(problem(R"({"model":"m","input":"u","background":false,"conversation":null})"), "none");
  EXPECT_TRUE(problem(R"({"model":"m","input":"u","prompt":{"id":"p"}})").starts_with("prompt: "));
  EXPECT_TRUE(problem(R"({"model":"m","input":"u","reasoning":{"effort":"huge"}})")
                  .starts_with("reasoning.effort: "));
  EXPECT_TRUE(problem(R"({"model":"m","input":"u","tools":[{}]})").starts_with("tools[0].type: Missing"));
  EXPECT_TRUE(
      problem(R"({"model":"m","input":"u","tools":[{"type":"function"}]})").starts_with("tools[0].name: "));
  EXPECT_TRUE(problem(R"({"model":"m","input":"u","temperature":"hot"})").starts_with("temperature: "));
}

constexpr std::string_view kRich =
    R"({"model":"m","instructions":"I","input":[{"role":"developer","content":"D"},)"
    R"({"role":"user","content":[{"type":"input_text","text":"t"},{"type":"input_image","image_url":"https://x/y.png"},)"
    R"({"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,QUJD"},{"type":"input_audio","input_audio":{"data":"QUJD","format":"mp3"}}]},)"
    R"({"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"b"}],"encrypted_content":"gAAA"},)"
    R"({"type":"message","role":"assistant","content":[{"type":"output_text","text":"x"}]},)"
    R"({"type":"function_call","call_id":"c1","name":"f","arguments":"{\"x\":1}"},)"
    R"({"type":"custom_tool_call","call_id":"c2","name":"p","input":"raw \"text\""},)"
    R"({"role":"developer","content":"mid"},)"
    R"({"type":"function_call_output","call_id":"c1","output":[{"type":"input_text","text":"one"},{"type":"input_image","image_url":"data:image/png;base64,QUJD","detail":"high"}]},)"
    R"({"type":"custom_tool_call_output","call_id":"c2","output":"two"},)"
    R"({"type":"function_call_output","call_id":"nobody","output":"orphan"},)"
    R"({"type":"function_call","call_id":"c3","name":"f","arguments":""}],)"
    R"("tools":[{"type":"function","name":"f","parameters":{"type":"object"}},{"type":"custom","name":"p","format":{"type":"text"}},)"
    R"({"type":"namespace","name":"s","tools":[{"type":"function","name":"m"}]},{"type":"web_search"}],)"
    R"("tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"custom","name":"p"},{"type":"function","name":"f"}]},)"
    R"("parallel_tool_calls":true,"reasoning":{"effort":"high","summary":"auto"},"max_output_tokens":5,"temperature":1,"top_p":0.5,"metadata":{"a":"b"},)"
    R"("user":"u","service_tier":"flex","text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"}},"verbosity":"low"}})";

TEST(OpenaiResponsesWrite, ReadWriteReadIsAFixedPoint) {
  protocol::Target target;
  target.web_search = true;
  Reading first{std::string(kRich)};
  ASSERT_FALSE(first.error) << first.problem();
  std::string once = write(first.request, target);
  Reading second(once);
  ASSERT_FALSE(second.error) << second.problem() << once;
  EXPECT_EQ(write(second.request, target), once);
}

TEST(OpenaiResponsesWrite, WritesTheWholeOfIt) {
  protocol::Target target;
  target.web_search = true;
  Reading reading{std::string(kRich)};
  std::string out = write(reading.request, target);
  json::Document document;
  ASSERT_EQ(document.parse(out), json::Error::none) << out;
  for (
      std::string_view part : {
          R"("instructions":"I\n\nD")",
          R"({"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"a\n\nb"}],"encrypted_content":"gAAA"})",
          R"({"type":"custom_tool_call","call_id":"c2","name":"p","input":"raw \"text\""})",
          R"({"type":"custom_tool_call_output","call_id":"c2","output":"two"})",
          R"({"type":"message","role":"developer","content":[{"type":"input_text","text":"mid"}]})",
          R"({"type":"input_text","text":"Result of the tool:"},{"type":"input_text","text":"orphan"})",
          R"({"type":"function_call_output","call_id":"c3","output":"no result was returned"})",
          R"({"type":"function","name":"s__m","parameters":{"type":"object","properties":{}},"strict":false})",
          R"({"type":"web_search"})",
          R"({"type":"input_image","image_url":"https://x/y.png"})",
          R"("max_output_tokens":16)",
          R"("reasoning":{"effort":"high","summary":"auto"})",
          R"("include":["reasoning.encrypted_content","web_search_call.action.sources"])",
          R"("store":false,"stream":true})",
      }) {
    EXPECT_NE(out.find(part), out.npos) << part << "\n in " << out;
  }
}

TEST(OpenaiResponsesWrite, FreeTextToolsBecomeFunctionsWhereTheyMust) {
  protocol::Target target;
  target.custom_tools = false;
  Reading reading{std::string(kRich)};
  std::string out = write(reading.request, target);
  EXPECT_NE(
      out.find(
          R"({"type":"function_call","call_id":"c2","name":"p","arguments":"{\"input\":\"raw \\\"text\\\"\"}"})"),
      out.npos)
      << out;
  EXPECT_EQ(out.find("\"custom"), out.npos) << out;
  EXPECT_NE(out.find(R"("required":["input"])"), out.npos);
}

TEST(OpenaiResponsesWrite, AChatRequest) {
  std::string body =
      R"({"model":"m","messages":[{"role":"system","content":"S"},{"role":"user","content":"U"},)"
      R"({"role":"assistant","reasoning_content":"foreign","content":null,"tool_calls":[{"id":")" +
      std::string(80, 'c') +
      R"(","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":")" +
      std::string(80, 'c') + R"(","content":"R"}],"max_tokens":50,"reasoning_effort":"low"})";
  json::Document document;
  base::Arena arena;
  chat::Request request;
  ASSERT_EQ(document.parse(body), json::Error::none);
  ASSERT_FALSE(protocol::openai_chat::read(document.root(), arena, request));
  std::string out = write(request);
  EXPECT_EQ(out.find("foreign"), out.npos);
  EXPECT_EQ(out.find(std::string(65, 'c')), out.npos) << "ids are at most 64 long";
  json::Document again;
  ASSERT_EQ(again.parse(out), json::Error::none);
  std::vector<json::Value> items;
  for (auto [_, item] : again.root()["input"].items()) items.push_back(item);
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[1]["call_id"].str(), items[2]["call_id"].str());
  EXPECT_EQ(again.root()["max_output_tokens"].raw(), "50");

  protocol::Target old;
  old.model = "gpt-4o";
  out = write(request, old);
  EXPECT_EQ(out.find("reasoning"), out.npos) << out;
}

TEST(OpenaiResponsesWrite, EffortsFitTheModel) {
  Reading reading(R"({"model":"m","input":"u","reasoning":{"effort":"minimal"}})");
  protocol::Target target;
  target.thinking_levels = "low,medium,high";
  EXPECT_NE(write(reading.request, target).find(R"("effort":"low")"), std::string::npos);
  Reading most(R"({"model":"m","input":"u","reasoning":{"effort":"max"}})");
  EXPECT_NE(write(most.request, target).find(R"("effort":"high")"), std::string::npos);
  EXPECT_NE(write(most.request).find(R"("effort":"max")"), std::string::npos);
}

TEST(OpenaiResponsesWrite, ForeignStateStaysHome) {
  std::string packed;
  protocol::append_opaque({"c2ln", Origin::anthropic, "0123abcd"}, Origin::openai_responses, packed);
  Reading reading(
      with_input(R"({"role":"user","content":"u"},{"type":"reasoning","summary":[],"encrypted_content":")" +
                 packed + R"("},{"role":"assistant","content":"a"})"));
  EXPECT_EQ(write(reading.request).find("c2ln"), std::string::npos);
}

TEST(OpenaiResponsesWrite, RefusesWhatItCannotSay) {
  auto problem = [](std::string_view member) {
    std::string body =
        R"({"model":"m","messages":[{"role":"user","content":"U"}],)" + std::string(member) + "}";
    json::Document document;
    base::Arena arena;
    chat::Request request;
    EXPECT_EQ(document.parse(body), json::Error::none);
    EXPECT_FALSE(protocol::openai_chat::read(document.root(), arena, request));
    return write(request);
  };
  EXPECT_TRUE(problem(R"("n":2)").starts_with("n: "));
  std::string dropped = problem(R"("seed":5,"presence_penalty":1,"logit_bias":{},"stop":"X")");
  EXPECT_TRUE(dropped.starts_with("{")) << dropped;
  for (std::string_view word : {"seed", "penalty", "logit_bias", "stop"})
    EXPECT_EQ(dropped.find(word), dropped.npos);
}

}  // namespace
