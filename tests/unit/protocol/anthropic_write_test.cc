// Anthropic Messages: the request to an upstream, by its rules.
#include <gtest/gtest.h>

#include "anthropic_helpers.h"
#include "protocol/opaque.h"

namespace {

using anthropic_test::target_of;
using anthropic_test::translate;
using protocol::kAnthropic;
using protocol::kOpenaiChat;

// A chat completion as Anthropic gets it.
std::string chat(std::string_view members, const protocol::Target& target = target_of()) {
  return translate(kOpenaiChat, kAnthropic, R"({"model":"m",)" + std::string(members) + "}", target);
}
// A Messages request as Anthropic gets it when it cannot go on as it is.
std::string messages(std::string_view members, const protocol::Target& target = target_of()) {
  return translate(kAnthropic, kAnthropic, R"({"model":"m","max_tokens":4000,)" + std::string(members) + "}",
                   target);
}

constexpr std::string_view kHi = R"("messages":[{"role":"user","content":"hi"}])";
std::string hi(std::string_view more) { return std::string(kHi) + "," + std::string(more); }

#define HAS(text, part) EXPECT_NE(std::string(text).find(part), std::string::npos) << text
#define HAS_NO(text, part) EXPECT_EQ(std::string(text).find(part), std::string::npos) << text

TEST(AnthropicWrite, WritesThePlainestRequest) {
  EXPECT_EQ(
      chat(kHi),
      R"({"model":"claude","max_tokens":8192,"messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}],"stream":true})");
}

TEST(AnthropicWrite, AnswersEveryCallFirstAndInOrder) {
  std::string out = chat(
      R"("messages":[{"role":"user","content":"U"},{"role":"assistant","tool_calls":[)"
      R"({"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},)"
      R"({"id":"b.1","type":"function","function":{"name":"g","arguments":""}},)"
      R"({"id":"c","type":"function","function":{"name":"h","arguments":"not json"}}]},)"
      R"({"role":"tool","tool_call_id":"b.1","content":"B"},{"role":"tool","tool_call_id":"a","content":"A"},)"
      R"({"role":"tool","tool_call_id":"zzz","content":"lost"},{"role":"user","content":"go"}])");
  HAS(out, R"({"type":"tool_use","id":"a","name":"f","input":{"x":1}})");
  HAS(out, R"({"type":"tool_use","id":"c","name":"h","input":{"input":"not json"}})");
  HAS(out, R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"A"},)"
           R"({"type":"tool_result","tool_use_id":"b_1_)");
  HAS(out,
      R"({"type":"tool_result","tool_use_id":"c","content":"No result was returned.","is_error":true},)"
      R"({"type":"text","text":"Result of the tool:\nlost"},{"type":"text","text":"go","cache_control")");
  // The mapped id is the same in the call and in its result.
  size_t at = out.find("b_1_");
  std::string id = out.substr(at, 12);
  EXPECT_NE(out.find(id, at + 1), std::string::npos) << out;
}

TEST(AnthropicWrite, KeepsTheRulesForTurns) {
  HAS(chat(R"("messages":[{"role":"assistant","content":"A"},{"role":"user","content":"U"}])"),
      R"("messages":[{"role":"user","content":[{"type":"text","text":"."}]},{"role":"assistant")");
  HAS(chat(R"("messages":[{"role":"system","content":"only"}])"),
      R"("messages":[{"role":"user","content":[{"type":"text","text":"only"}]}])");
  HAS(chat(R"("messages":[{"role":"user","content":" \n"}])"),
      R"("messages":[{"role":"user","content":[{"type":"text","text":"."}]}])");
  HAS(chat(R"("messages":[{"role":"user","content":"U"},{"role":"assistant","content":"A \n\t"}])"),
      R"({"type":"text","text":"A"}]}],)");
  HAS(chat(R"("messages":[{"role":"user","content":"U"},{"role":"assistant","content":"A\\n"}])"),
      R"({"type":"text","text":"A\\n"}]}],)");
  HAS(chat(
          R"("messages":[{"role":"system","content":"S"},{"role":"user","content":"U"},{"role":"system","content":"late"}])"),
      R"("system":[{"type":"text","text":"S"}],"messages":[{"role":"user","content":[{"type":"text","text":"U"},)"
      R"({"type":"text","text":"<system-reminder>\nlate\n</system-reminder>"}]}])");
  HAS(chat(
          R"("messages":[{"role":"user","content":"U"},{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]}])"),
      R"([{"type":"tool_result","tool_use_id":"a","content":"No result was returned.","is_error":true}])");
}

TEST(AnthropicWrite, WritesTools) {
  std::string out = chat(hi(
      R"("tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true}},)"
      R"({"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"a.b"}},)"
      R"({"type":"function","function":{"name":"g","parameters":{"anyOf":[{"type":"object"}]}}}],)"
      R"("tool_choice":"required","parallel_tool_calls":false)"));
  HAS(out,
      R"("tools":[{"name":"f","description":"d","input_schema":{"type":"object"},"strict":true},{"name":"a_b_)");
  HAS(out, R"("input_schema":{"type":"object","properties":{}}})");
  HAS(out, R"({"name":"g","input_schema":{"type":"object"},"cache_control":{"type":"ephemeral"}}])");
  HAS(out, R"("tool_choice":{"type":"any","disable_parallel_tool_use":true})");
  const struct {
    std::string_view choice, expected;
  } choices[] = {
      {R"("none")", R"("tool_choice":{"type":"none"})"},
      {R"("auto")", R"("tool_choice":{"type":"auto"})"},
      {R"({"type":"function","function":{"name":"f"}})", R"("tool_choice":{"type":"tool","name":"f"})"},
      {R"({"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"f"}}]}})",
       R"("tools":[{"name":"f","input_schema":{"type":"object","properties":{}}}],"tool_choice":{"type":"any"})"},
  };
  for (const auto& c : choices) {
    HAS(chat(hi(
            R"("tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"}}],"tool_choice":)" +
            std::string(c.choice))),
        c.expected);
  }
  HAS_NO(chat(hi(R"("tool_choice":"none")")), "tool_choice");
}

TEST(AnthropicWrite, MakesFunctionsOfFreeTextTools) {
  auto in = anthropic_test::read(
      kOpenaiChat,
      R"({"model":"m","messages":[{"role":"user","content":"U"},{"role":"assistant","tool_calls":[)"
      R"({"id":"a","type":"function","function":{"name":"patch","arguments":"*** \"x\""}}]}]})");
  in->request.blocks[1].custom = true;
  chat::Tool& tool = in->request.tools.emplace_back();
  tool.name = "patch";
  tool.description = "D";
  tool.custom = true;
  tool.grammar = R"({"type":"grammar","syntax":"lark","definition":"start: \"x\""})";
  std::string out;
  ASSERT_FALSE(kAnthropic.write(in->request, target_of(), out));
  HAS(out, R"("name":"patch","description":"D\n\nThe input must match this grammar (lark):\nstart: \"x\"",)"
           R"("input_schema":{"type":"object","properties":{"input":{"type":"string",)");
  HAS(out, R"({"type":"tool_use","id":"a","name":"patch","input":{"input":"*** \"x\""}})");
}

TEST(AnthropicWrite, AsksForASearchWhereTheUpstreamHasOne) {
  protocol::Target target = target_of();
  std::string request = hi(R"("tools":[{"type":"web_search_20260318","name":"web_search"}])");
  HAS_NO(messages(request, target), "web_search");
  target.web_search = true;
  HAS(messages(request, target), R"("tools":[{"type":"web_search_20250305","name":"web_search"}])");
}

TEST(AnthropicWrite, WritesMedia) {
  auto part = [](std::string_view part) {
    return chat(R"("messages":[{"role":"user","content":[)" + std::string(part) + "]}]");
  };
  HAS(part(R"({"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}})"),
      R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}})");
  HAS(part(R"({"type":"image_url","image_url":{"url":"https://a/b.png"}})"),
      R"({"type":"image","source":{"type":"url","url":"https://a/b.png"}})");
  HAS(part(R"({"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AA=="}})"),
      R"({"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AA=="},"title":"a.pdf"})");
  HAS(part(R"({"type":"file","file":{"filename":"a.txt","file_data":"data:text/plain;base64,aGkiCg=="}})"),
      R"({"type":"document","source":{"type":"text","media_type":"text/plain","data":"hi\"\n"},"title":"a.txt"})");
  HAS(part(R"({"type":"file","file":{"file_id":"file-1"}})"), "error: Unsupported parameter: 'file_id'");
  HAS(part(R"({"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}})"), "error: Unsupported");
  HAS(messages(
          R"("messages":[{"role":"user","content":[{"type":"document","source":{"type":"url","url":"https://a/b.PDF?x"}}]}])"),
      R"({"type":"document","source":{"type":"url","url":"https://a/b.PDF?x"}})");
}

TEST(AnthropicWrite, KeepsResultsWithImagesAndErrors) {
  std::string out = messages(
      R"("messages":[{"role":"user","content":"U"},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{}}]},)"
      R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"t","is_error":true,"cache_control":{"type":"ephemeral"},"content":[)"
      R"({"type":"text","text":"x"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}}]}]}])");
  HAS(out,
      R"({"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"x"},{"type":"image","source":)"
      R"({"type":"base64","media_type":"image/png","data":"AA=="}}],"is_error":true,"cache_control":{"type":"ephemeral"}})");
}

TEST(AnthropicWrite, SetsThinkingAsTheModelTakesIt) {
  protocol::Target budget = target_of("budget"), adaptive = target_of("adaptive");
  adaptive.thinking_levels = "low,medium,high,max";
  const struct {
    const protocol::Target& target;
    std::string_view members, expected, absent;
  } cases[] = {
      {budget, R"("reasoning_effort":"low")", R"("thinking":{"type":"enabled","budget_tokens":1024})",
       "output_config"},
      {budget, R"("reasoning_effort":"high","max_completion_tokens":4000)",
       R"("thinking":{"type":"enabled","budget_tokens":2000})", ""},
      {budget, R"("reasoning_effort":"high","max_completion_tokens":1500)", R"("max_tokens":1500)",
       "thinking"},
      {budget, R"("reasoning_effort":"none")", R"("thinking":{"type":"disabled"})", ""},
      {budget, R"("temperature":0.5)", R"("temperature":0.5)", "thinking"},
      {budget, R"("temperature":1.5)", R"("temperature":1,)", "thinking"},
      {budget, R"("temperature":0.5,"top_p":0.9)", R"("temperature":0.5)", "top_p"},
      {budget, R"("reasoning_effort":"low","temperature":0.5)", R"("thinking")", "temperature"},
      {adaptive, R"("reasoning_effort":"medium")",
       R"("thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"medium"})", ""},
      {adaptive, R"("reasoning_effort":"xhigh")", R"("output_config":{"effort":"high"})", ""},
      {adaptive, R"("reasoning_effort":"minimal")", R"("output_config":{"effort":"low"})", ""},
      {adaptive, R"("reasoning_effort":"none")", R"("thinking":{"type":"disabled"})", "output_config"},
      {target_of(), R"("reasoning_effort":"high")", R"("stream":true)", "thinking"},
      {adaptive,
       R"("reasoning_effort":"high","tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"required")",
       R"("output_config":{"effort":"high"})", "adaptive"},
      {budget,
       R"("reasoning_effort":"high","tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"required")",
       R"("any")", "thinking"},
  };
  for (const auto& c : cases) {
    std::string out = chat(hi(c.members), c.target);
    HAS(out, c.expected);
    if (!c.absent.empty()) HAS_NO(out, c.absent);
  }
  HAS(messages(hi(R"("thinking":{"type":"enabled","budget_tokens":2048,"display":"omitted"})"), budget),
      R"("thinking":{"type":"enabled","budget_tokens":2048,"display":"omitted"})");
  HAS(messages(hi(R"("thinking":{"type":"adaptive"})"), budget), R"("budget_tokens":2000)");
  HAS(messages(hi(R"("output_config":{"effort":"low"})"), adaptive), R"("output_config":{"effort":"low"})");
  HAS_NO(messages(hi(R"("output_config":{"effort":"low"})"), adaptive), "thinking");
  protocol::Target between = target_of("between_tools"), always = target_of("adaptive");
  always.thinking_can_be_off = always.prefill = false;
  HAS(chat(hi(R"("reasoning_effort":"none")"), between), R"("thinking":{"type":"between_tools"})");
  HAS(chat(hi(R"("reasoning_effort":"low")"), between), R"("output_config":{"effort":"low"})");
  HAS_NO(chat(hi(R"("reasoning_effort":"none")"), always), R"("thinking")");
  HAS(chat(hi(R"("reasoning_effort":"none")"), always), R"("output_config":{"effort":"low"})");
  HAS(chat(R"("messages":[{"role":"user","content":"U"},{"role":"assistant","content":"A"}])", always),
      R"({"role":"user","content":[{"type":"text","text":"Go on with your last message)");
  protocol::Target fixed = target_of("budget");
  fixed.sampling = false;
  HAS_NO(chat(hi(R"("temperature":0.5,"top_p":0.5)"), fixed), "temperature");
}

// thinking in the loop: (blocks of the assistant) -> is it still on?
TEST(AnthropicWrite, SwitchesThinkingOffInALoopWithoutProof) {
  protocol::Target budget = target_of("budget");
  auto loop = [&](std::string_view thought, const protocol::Target& target) {
    return messages(
        R"("thinking":{"type":"enabled","budget_tokens":1024},"messages":[{"role":"user","content":"U"},{"role":"assistant","content":[)" +
            std::string(thought) +
            R"({"type":"tool_use","id":"t","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"x"}]}])",
        target);
  };
  std::string on = loop(R"({"type":"thinking","thinking":"T","signature":"S"},)", budget);
  HAS(on, R"("thinking":{"type":"enabled")");
  HAS(on, R"([{"type":"thinking","thinking":"T","signature":"S"},{"type":"tool_use")");
  HAS(loop(R"({"type":"redacted_thinking","data":"D"},)", budget),
      R"([{"type":"redacted_thinking","data":"D"},)");
  HAS_NO(loop("", budget), R"("thinking":{)");
  HAS_NO(loop(R"({"type":"thinking","thinking":"T","signature":""},)", budget), "thinking");
  std::string foreign, homeless;
  protocol::append_opaque({"AAAA", chat::Origin::anthropic, "fedcba98"}, chat::Origin::gemini, foreign);
  // What Gemini minted is not Anthropic's, in whatever wrapper.
  protocol::append_opaque({"AAAA", chat::Origin::gemini, "fedcba98"}, chat::Origin::anthropic, homeless);
  std::string out = loop(R"({"type":"thinking","thinking":"T","signature":")" + homeless + R"("},)", budget);
  HAS_NO(out, "thinking");
  HAS_NO(out, "AAAA");
  HAS(loop("", target_of("adaptive")), R"("thinking":{"type":"adaptive")");
}

TEST(AnthropicWrite, LeavesOutThoughtsThatMayNotStandThere) {
  protocol::Target budget = target_of("budget");
  std::string_view history =
      R"("messages":[{"role":"user","content":"U"},{"role":"assistant","content":[{"type":"text","text":"A"},{"type":"thinking","thinking":"T","signature":"S"}]},{"role":"user","content":"V"}])";
  HAS_NO(messages(std::string(history) + R"(,"thinking":{"type":"enabled","budget_tokens":1024})", budget),
         R"("thinking":"T")");
  HAS_NO(
      messages(
          R"("messages":[{"role":"user","content":"U"},{"role":"assistant","content":[{"type":"thinking","thinking":"T","signature":"S"},{"type":"text","text":"A"}]},{"role":"user","content":"V"}])",
          budget),
      "thinking");
}

TEST(AnthropicWrite, MarksTheCacheForThoseWhoCannot) {
  constexpr std::string_view kMark = R"("cache_control":{"type":"ephemeral"})";
  auto count = [&](const std::string& text) {
    size_t n = 0;
    for (size_t at = text.find("cache_control"); at != text.npos; at = text.find("cache_control", at + 1))
      n++;
    return n;
  };
  EXPECT_EQ(count(chat(kHi)), 0u);
  std::string turns = chat(
      R"("messages":[{"role":"system","content":"S"},{"role":"user","content":"U"},{"role":"assistant","content":"A"},{"role":"user","content":"V"}])");
  EXPECT_EQ(count(turns), 2u) << turns;
  HAS(turns, R"({"type":"text","text":"S",)" + std::string(kMark) + "}");
  HAS(turns, R"({"type":"text","text":"V",)" + std::string(kMark) + "}");
  std::string result = chat(
      R"("messages":[{"role":"user","content":"U"},{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"a","content":"A"}],"tools":[{"type":"function","function":{"name":"f"}}])");
  EXPECT_EQ(count(result), 2u) << result;
  HAS(result, R"("content":"A",)" + std::string(kMark));
  HAS(result, R"("properties":{}},)" + std::string(kMark));
  std::string own = messages(
      R"("system":[{"type":"text","text":"S","cache_control":{"type":"ephemeral","ttl":"1h"}}],"messages":[{"role":"user","content":"U"},{"role":"assistant","content":"A"},{"role":"user","content":"V"}])");
  EXPECT_EQ(count(own), 1u) << own;
  std::string many =
      R"("system":[{"type":"text","text":"S","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":[)";
  for (int i = 0; i < 6; i++) {
    many += std::string(i ? "," : "") + R"({"type":"text","text":")" + std::to_string(i) + R"(",)" +
            std::string(kMark) + "}";
  }
  std::string four = messages(many + "]}]");
  EXPECT_EQ(count(four), 4u) << four;
  HAS(four, R"({"type":"text","text":"2"},{"type":"text","text":"3",)" + std::string(kMark));
}

TEST(AnthropicWrite, WritesFormatsStopsAndTheRest) {
  HAS(chat(hi(
          R"("response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{"a":{"type":["object","null"],"additionalProperties":true},"b":{"items":{"anyOf":[{"type":"object"}]}}}}}})")),
      R"("output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"a":{"type":["object","null"],"additionalProperties":false},)"
      R"("b":{"items":{"anyOf":[{"type":"object","additionalProperties":false}]}}},"additionalProperties":false}}})");
  HAS(chat(hi(R"("response_format":{"type":"json_object"})")),
      R"("system":[{"type":"text","text":"When you answer)");
  HAS(chat(hi(R"("stop":["a","\n"," "],"user":"u","service_tier":"default")")),
      R"("stop_sequences":["a"],"metadata":{"user_id":"u"},"service_tier":"standard_only","stream":true})");
  std::string rest =
      chat(hi(R"("stop":"\n","service_tier":"flex","seed":1,"presence_penalty":1,"logit_bias":{})"));
  EXPECT_EQ(rest, chat(kHi));
  HAS(chat(hi(R"("n":2)")), "error: Unsupported parameter: 'n'");
  HAS(chat(hi(R"("logprobs":true)")), "error: Unsupported parameter: 'logprobs'");
  protocol::Target small = target_of();
  small.max_output = 4096;
  HAS(chat(hi(R"("max_tokens":9000)"), small), R"("max_tokens":4096)");
  HAS(chat(kHi, small), R"("max_tokens":4096)");
}

// What was written once is read and written again as it is.
TEST(AnthropicWrite, IsAFixedPointOfReadingAndWriting) {
  const std::string_view bodies[] = {
      R"({"model":"claude","max_tokens":4000,"messages":[{"role":"user","content":"hi"}]})",
      R"({"model":"claude","max_tokens":4000,"thinking":{"type":"enabled","budget_tokens":2048},"system":"S","messages":[{"role":"user","content":[{"type":"text","text":"U"},{"type":"image","source":{"type":"url","url":"https://a/b.png"}}]},{"role":"assistant","content":[{"type":"thinking","thinking":"T","signature":"S"},{"type":"redacted_thinking","data":"D"},{"type":"text","text":"x"},{"type":"tool_use","id":"t","name":"f","input":{"a":[1,2]}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","is_error":true,"content":[{"type":"text","text":"1"},{"type":"text","text":"2"}]},{"type":"text","text":"go on"}]},{"role":"system","content":"late"}],"tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{"type":"auto","disable_parallel_tool_use":true},"stop_sequences":["a"],"metadata":{"user_id":"u"}})",
      R"({"model":"claude","max_tokens":4000,"output_config":{"effort":"high","format":{"type":"json_schema","schema":{"type":"object"}}},"thinking":{"type":"disabled"},"messages":[{"role":"assistant","content":"A"},{"role":"user","content":[{"type":"document","title":"T","source":{"type":"base64","media_type":"application/pdf","data":"AA=="}}]}],"temperature":0.5,"top_k":4})",
  };
  for (std::string_view body : bodies) {
    for (std::string_view thinking : {"", "budget", "adaptive"}) {
      std::string once = translate(kAnthropic, kAnthropic, body, target_of(thinking));
      std::string twice = translate(kAnthropic, kAnthropic, once, target_of(thinking));
      EXPECT_EQ(once, twice) << thinking;
    }
  }
}

// An e-mail address is refused, and so is a name of over 256 letters.
TEST(AnthropicWrite, UsersThatAreRefusedGoAsTheirHash) {
  constexpr std::string_view kHash = "8c2a47d3bdb8d3096a6479f53eac3b724291db5f1c31611100f675be5537329d";
  HAS(chat(hi(R"("user":"me@example.com")")), R"("metadata":{"user_id":")" + std::string(kHash) + "\"}");
  HAS(chat(hi(R"("user":"me\u0040example.com")")), kHash);
  HAS_NO(chat(hi("\"user\":\"" + std::string(257, 'u') + "\"")), std::string(65, 'u'));
  std::string code = R"({\"device_id\":\")" + std::string(64, 'd') + R"(\",\"session_id\":\"s\"})";
  HAS(chat(hi("\"user\":\"" + code + "\"")), code);
}

}  // namespace
