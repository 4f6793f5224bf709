// What a Gemini client's request becomes: seen as the chat completion that an OpenAI upstream gets.
#include <gtest/gtest.h>

#include "json/writer.h"
#include "protocol/gemini.h"
#include "protocol/opaque.h"
#include "protocol/openai_chat.h"
#include "protocol/schema.h"

namespace {

struct Reading {
  json::Document document;
  base::Arena arena;
  chat::Request request;
  std::optional<chat::Error> problem;

  explicit Reading(std::string_view body) : text_(body) {
    EXPECT_EQ(document.parse(text_), json::Error::none) << body;
    problem = protocol::gemini::read(document.root(), arena, request);
  }

 private:
  std::string text_;
};

// The problem as "field: message".
std::string problem_of(std::string_view body) {
  Reading reading(body);
  return reading.problem ? reading.problem->param + ": " + reading.problem->message : "none";
}

std::string as_chat(std::string_view body) {
  Reading reading(body);
  if (reading.problem) return reading.problem->param + ": " + reading.problem->message;
  protocol::Target target;
  target.model = "m";
  std::string out;
  EXPECT_FALSE(protocol::openai_chat::write(reading.request, target, out));
  constexpr std::string_view kTail = R"(,"stream":true,"stream_options":{"include_usage":true}})";
  EXPECT_TRUE(out.ends_with(kTail)) << out;
  out.resize(out.size() - kTail.size());
  return out;
}

std::string as_gemini(std::string_view body, const protocol::Target& target = {}) {
  Reading reading(body);
  EXPECT_FALSE(reading.problem) << reading.problem->message;
  std::string out;
  EXPECT_FALSE(protocol::gemini::write(reading.request, target, out));
  return out;
}

void expect_has(const std::string& text, std::string_view part) {
  EXPECT_NE(text.find(part), text.npos) << part << "\nis not in\n" << text;
}

TEST(GeminiRead, TakesWhatTheOfficialSdkSends) {
  EXPECT_EQ(
      as_chat(
          R"({"contents":[{"parts":[{"text":"hello"}],"role":"user"}],"systemInstruction":{"parts":[{"text":"be nice"}],"role":"user"},)"
          R"("generationConfig":{"temperature":0.1,"thinkingConfig":{"includeThoughts":true,"thinkingBudget":128}}})"),
      R"({"model":"m","messages":[{"role":"system","content":"be nice"},{"role":"user","content":"hello"}],)"
      R"("temperature":0.1,"reasoning_effort":"minimal")");
}

TEST(GeminiRead, TakesSnakeCaseAndLoneObjectsAndNumbersInStrings) {
  EXPECT_EQ(
      as_chat(
          R"({"contents":{"parts":{"text":"U"}},"system_instruction":{"parts":{"text":"S"}},)"
          R"("generation_config":{"max_output_tokens":"50","top_p":0.5,"stop_sequences":["X"]},)"
          R"("tools":{"function_declarations":{"name":"f"}},"tool_config":{"function_calling_config":{"mode":"any"}}})"),
      R"({"model":"m","messages":[{"role":"system","content":"S"},{"role":"user","content":"U"}],)"
      R"("tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"required","top_p":0.5,)"
      R"("max_completion_tokens":50,"stop":["X"])");
}

TEST(GeminiRead, MatchesResponsesByIdThenByNameAndOrder) {
  EXPECT_EQ(
      as_chat(
          R"({"contents":[{"parts":[{"text":"U"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{"n":1}}},)"
          R"({"functionCall":{"name":"f","args":{"n":2}}},{"functionCall":{"id":"x","name":"g"}}]},)"
          R"({"role":"function","parts":[{"functionResponse":{"id":"x","name":"g","response":{"output":"G"}}},)"
          R"({"functionResponse":{"name":"f","response":{"name":"f","content":"F1"}}},)"
          R"({"functionResponse":{"name":"f","response":{"result":{"a":"b"}}}}]}]})"),
      R"({"model":"m","messages":[{"role":"user","content":"U"},{"role":"assistant","content":null,"tool_calls":[)"
      R"({"id":"call_1_0","type":"function","function":{"name":"f","arguments":"{\"n\":1}"}},)"
      R"({"id":"call_1_1","type":"function","function":{"name":"f","arguments":"{\"n\":2}"}},)"
      R"({"id":"x","type":"function","function":{"name":"g","arguments":"{}"}}]},)"
      R"({"role":"tool","tool_call_id":"x","content":"G"},{"role":"tool","tool_call_id":"call_1_0","content":"F1"},)"
      R"({"role":"tool","tool_call_id":"call_1_1","content":"{\"a\":\"b\"}"}])");
}

TEST(GeminiRead, UnwrapsResponsesByRule) {
  const struct {
    std::string_view response, content;
  } cases[] = {
      {R"({"output":"o"})", R"("o")"},
      {R"({"result":5})", R"("5")"},
      {R"({"output":"o","error":null})", R"("o")"},
      {R"({"error":"e"})", R"("Error: e")"},
      {R"({"error":{"code":1}})", R"("Error: {\"code\":1}")"},
      {R"({"output":"o","exit":1})", R"("{\"output\":\"o\",\"exit\":1}")"},
      {R"({"temperature":20})", R"("{\"temperature\":20}")"},
      {R"({"name":"f","content":"c"})", R"("c")"},
      {R"({})", R"("{}")"},
  };
  for (const auto& c : cases) {
    std::string body =
        R"({"contents":[{"parts":[{"text":"U"}]},{"role":"model","parts":[{"functionCall":{"name":"f"}}]},)"
        R"({"parts":[{"functionResponse":{"name":"f","response":)";
    body.append(c.response).append("}}]}]}");
    std::string end = R"("tool_call_id":"call_1_0","content":)";
    end.append(c.content).append("}]");
    EXPECT_TRUE(as_chat(body).ends_with(end)) << as_chat(body);
  }
}

TEST(GeminiRead, KeepsTheMediaOfAResponse) {
  std::string out = as_chat(
      R"({"contents":[{"parts":[{"text":"U"}]},{"role":"model","parts":[{"functionCall":{"name":"f"}}]},)"
      R"({"parts":[{"functionResponse":{"name":"f","response":{"output":"see"},"parts":[{"inlineData":{"mimeType":"image/png","data":"AA-_"}}]}}]}]})");
  expect_has(
      out,
      R"("content":"see"},{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA+/"}}]})");
}

TEST(GeminiRead, ReadsMediaAndFiles) {
  expect_has(
      as_chat(
          R"({"contents":[{"parts":[{"inline_data":{"mime_type":"image/png","data":"AAAA"}},{"fileData":{"mimeType":"image/jpeg","fileUri":"https://x.org/a.jpg"}}]}],)"
          R"("generationConfig":{"mediaResolution":"MEDIA_RESOLUTION_LOW"}})"),
      R"([{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}},{"type":"image_url","image_url":{"url":"https://x.org/a.jpg","detail":"low"}}])");
}

TEST(GeminiRead, SaysInWordsWhatCodeTheModelRan) {
  expect_has(
      as_chat(
          R"({"contents":[{"parts":[{"text":"U"}]},{"role":"model","parts":[{"executableCode":{"language":"PYTHON","code":"1+1"}},)"
          R"({"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"1"}}]}]})"),
      R"("content":"\n```python\n1+1\n```\n\n```text\n1\n```\n")");
}

TEST(GeminiRead, ReadsEveryToolMode) {
  const struct {
    std::string_view config, choice;
  } cases[] = {
      {R"({"mode":"AUTO"})", R"("tool_choice":"auto")"},
      {R"({"mode":"VALIDATED"})", R"("tool_choice":"auto")"},
      {R"({"mode":"NONE"})", R"("tool_choice":"none")"},
      {R"({"mode":"ANY"})", R"("tool_choice":"required")"},
      {R"({"mode":"ANY","allowedFunctionNames":["f"]})",
       R"("tool_choice":{"type":"function","function":{"name":"f"}})"},
      {R"({"mode":"ANY","allowedFunctionNames":["f","g"]})",
       R"("tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"}}]}})"},
  };
  for (const auto& c : cases) {
    std::string body =
        R"({"contents":[{"parts":[{"text":"U"}]}],"tools":[{"functionDeclarations":[{"name":"f"}]}],)";
    body.append(R"("toolConfig":{"functionCallingConfig":)").append(c.config).append("}}");
    expect_has(as_chat(body), c.choice);
  }
}

TEST(GeminiRead, TranslatesSchemasOfBothDialects) {
  expect_has(
      as_chat(
          R"({"contents":[{"parts":[{"text":"U"}]}],"generationConfig":{"responseMimeType":"application/json","responseSchema":{"type":"OBJECT","properties":{"n":{"type":"INTEGER","nullable":true}}}}})"),
      R"("json_schema":{"name":"answer","schema":{"type":"object","properties":{"n":{"type":["integer","null"]}}}})");
  expect_has(
      as_chat(
          R"({"contents":[{"parts":[{"text":"U"}]}],"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"object","properties":{"type":{"type":"string"}}}}]}]})"),
      R"("parameters":{"type":"object","properties":{"type":{"type":"string"}}})");
}

TEST(GeminiRead, ReadsTheRestOfTheConfiguration) {
  EXPECT_EQ(
      as_chat(
          R"({"contents":[{"parts":[{"text":"U"}]}],"serviceTier":"flex","labels":{"a":"b"},"safetySettings":[{"category":"C","threshold":"T"}],"generationConfig":{)"
          R"("topK":40,"candidateCount":2,"seed":7,"presencePenalty":0.1,"frequencyPenalty":0.2,"responseLogprobs":true,"logprobs":3,)"
          R"("responseModalities":["TEXT","IMAGE"],"responseMimeType":"text/plain","thinkingConfig":{"thinkingLevel":"HIGH"}}})"),
      R"({"model":"m","messages":[{"role":"user","content":"U"}],"response_format":{"type":"text"},"seed":7,"presence_penalty":0.1,)"
      R"("frequency_penalty":0.2,"n":2,"logprobs":true,"top_logprobs":3,"modalities":["text","image"],"service_tier":"flex","reasoning_effort":"high")");
  expect_has(
      as_gemini(
          R"({"contents":[{"parts":[{"text":"U"}]}],"tools":[{"googleSearch":{}}],"generationConfig":{"topK":40}})"),
      R"("topK":40)");
  EXPECT_TRUE(
      Reading(R"({"contents":[{"parts":[{"text":"U"}]}],"tools":[{"googleSearch":{}}]})").request.web_search);
}

TEST(GeminiRead, AsksInWordsForAnEnum) {
  expect_has(
      as_chat(
          R"({"contents":[{"parts":[{"text":"U"}]}],"generationConfig":{"responseMimeType":"text/x.enum","responseSchema":{"type":"STRING","enum":["a","b"]}}})"),
      R"(and nothing else: [\"a\",\"b\"]"})");
}

TEST(GeminiRead, ThoughtsStayHiddenUnlessAskedFor) {
  EXPECT_EQ(Reading(R"({"contents":[{"parts":[{"text":"U"}]}]})").request.thinking.include, "false");
  Reading asked(
      R"({"contents":[{"parts":[{"text":"U"}]}],"generationConfig":{"thinkingConfig":{"includeThoughts":true,"thinkingBudget":-1,"thinkingLevel":"THINKING_LEVEL_UNSPECIFIED"}}})");
  EXPECT_EQ(asked.request.thinking.include, "true");
  EXPECT_EQ(asked.request.thinking.budget, "-1");
  EXPECT_EQ(asked.request.thinking.effort, chat::Thinking::Effort::unset);
}

TEST(GeminiRead, GivesEveryProofItsBlock) {
  using Kind = chat::Block::Kind;
  std::string foreign;
  protocol::append_opaque({"AAAA", chat::Origin::anthropic, "0123abcd"}, chat::Origin::gemini, foreign);
  std::string body =
      R"({"contents":[{"parts":[{"text":"U"}]},{"role":"model","parts":[{"text":"hm","thought":true},)"
      R"({"functionCall":{"name":"f"},"thoughtSignature":")";
  body +=
      foreign +
      R"("},{"text":"t"},{"text":"","thoughtSignature":"BBBB"},{"functionCall":{"name":"g"},"thoughtSignature":"CCCC"},)";
  body += R"({"thought":true,"thoughtSignature":")" + foreign + R"("}]}]})";
  Reading reading(body);
  ASSERT_FALSE(reading.problem) << reading.problem->message;
  EXPECT_TRUE(reading.request.packed);
  const auto& blocks = reading.request.blocks;
  ASSERT_EQ(blocks.size(), 6u);
  EXPECT_EQ(blocks[1].kind, Kind::thinking);
  EXPECT_EQ(blocks[1].body, "hm");
  EXPECT_EQ(blocks[1].signature.text, "AAAA");
  EXPECT_EQ(blocks[1].signature.home, "0123abcd");
  EXPECT_EQ(blocks[2].kind, Kind::tool_call);
  EXPECT_TRUE(blocks[2].signature.text.empty());
  EXPECT_EQ(blocks[3].signature.text, "BBBB");
  EXPECT_EQ(blocks[3].signature.origin, chat::Origin::gemini);
  EXPECT_EQ(blocks[4].signature.text, "CCCC");
  EXPECT_TRUE(blocks[5].redacted);
  EXPECT_EQ(blocks[5].signature.origin, chat::Origin::anthropic);
}

TEST(GeminiRead, TellsInGooglesWordsWhatIsWrong) {
  const struct {
    std::string_view body, problem;
  } cases[] = {
      {"[]", "body: Invalid value at 'body' (a JSON object)"},
      {"{}", "contents: * GenerateContentRequest.contents: contents is not specified"},
      {R"({"contents":[]})", "contents: * GenerateContentRequest.contents: contents is not specified"},
      {R"({"contents":"x"})", R"(contents: Invalid value at 'contents' (a list), "x")"},
      {R"({"contents":[5]})", "contents[0]: Invalid value at 'contents[0]' (an object), 5"},
      {R"({"contents":[{"role":"wizard","parts":[]}]})",
       "contents[0].role: * GenerateContentRequest.contents[0].role: Please use a valid role: user, model."},
      {R"({"contents":[{"parts":[{"text":5}]}]})",
       "contents[0].parts[0].text: Invalid value at 'contents[0].parts[0].text' (TYPE_STRING), 5"},
      {R"({"contents":[{"parts":[{"inlineData":{"data":"AA"}}]}]})",
       "contents[0].parts[0].inline_data.mime_type: Invalid value at "
       "'contents[0].parts[0].inline_data.mime_type' (TYPE_STRING)"},
      {R"({"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":"{}"}}]}]})",
       R"(contents[0].parts[0].function_call.args: Invalid value at 'contents[0].parts[0].function_call.args' (an object), "{}")"},
      {R"({"contents":[{"parts":[{"text":"U"}]}],"generationConfig":{"temperature":"hot"}})",
       R"(generation_config.temperature: Invalid value at 'generation_config.temperature' (TYPE_FLOAT), "hot")"},
      {R"({"contents":[{"parts":[{"text":"U"}]}],"generationConfig":{"candidateCount":9}})",
       "generation_config.candidate_count: * GenerateContentRequest.generation_config.candidate_count: "
       "candidate_count must be between 1 and 8."},
      {R"({"contents":[{"parts":[{"text":"U"}]}],"toolConfig":{"functionCallingConfig":{"mode":"MAYBE"}}})",
       R"(tool_config.function_calling_config.mode: Invalid value at 'tool_config.function_calling_config.mode' (FunctionCallingConfig.Mode), "MAYBE")"},
      {R"({"contents":[{"parts":[{"text":"U"}]}],"tools":[{"functionDeclarations":[{"description":"d"}]}]})",
       "tools[0].function_declarations[0].name: Invalid value at 'tools[0].function_declarations[0].name' "
       "(TYPE_STRING)"},
  };
  for (const auto& c : cases) EXPECT_EQ(problem_of(c.body), c.problem);
  EXPECT_TRUE(problem_of(R"({"contents":[{"parts":[{"text":"U"}]}],"cachedContent":"cachedContents/1"})")
                  .starts_with("cached_content: "));
}

TEST(GeminiRead, ReadWriteReadIsAFixedPoint) {
  const std::string_view bodies[] = {
      R"({"contents":[{"role":"user","parts":[{"text":"a"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]},{"role":"model","parts":[{"text":"th","thought":true,"thoughtSignature":"TTTT"},{"functionCall":{"id":"1","name":"f","args":{"a":1}},"thoughtSignature":"SSSS"},{"functionCall":{"name":"g"}}]},)"
      R"({"role":"user","parts":[{"functionResponse":{"id":"1","name":"f","response":{"output":"x\ny"}}},{"functionResponse":{"name":"g","response":{"a":[1,2]}}},{"text":"and?"}]}],)"
      R"("systemInstruction":"S","tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT","properties":{"a":{"type":"NUMBER"}}}},{"name":"g"}]}],)"
      R"("toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f","g"]}},"generationConfig":{"temperature":0,"topK":3,"maxOutputTokens":9,"stopSequences":["a","b"],"seed":3}})",
      R"({"contents":[{"parts":[{"text":"U"}]}],"generationConfig":{"responseMimeType":"application/json","responseJsonSchema":{"type":"OBJECT","properties":{"c":{"type":"ARRAY","items":{"type":"STRING"},"minItems":"1"}}},"thinkingConfig":{"includeThoughts":true,"thinkingBudget":0}}})",
      R"({"contents":[{"role":"model","parts":[{"text":"first"}]},{"role":"model","parts":[{"text":"second","thoughtSignature":"ZZZZ"}]},{"parts":[{"fileData":{"fileUri":"files/a"}}]}],"tools":[{"googleSearch":{}}]})",
  };
  protocol::Target target;
  target.signatures_required = true;
  target.thinking = "budget";
  target.budget_max = 100;
  target.web_search = true;
  for (std::string_view body : bodies) {
    std::string once = as_gemini(body, target), twice = as_gemini(once, target);
    EXPECT_EQ(once, twice);
  }
}

TEST(Schema, OfOpenapiBecomesJsonSchema) {
  const struct {
    std::string_view from, to;
  } cases[] = {
      {R"({"type":"STRING"})", R"({"type":"string"})"},
      {R"({"type":"STRING","nullable":true,"enum":["a"],"format":"enum"})",
       R"({"type":["string","null"],"enum":["a",null]})"},
      {R"({"type":"ARRAY","minItems":"1","max_items":"3","items":{"type":"NUMBER","example":5}})",
       R"({"type":"array","minItems":1,"maxItems":3,"items":{"type":"number","examples":[5]}})"},
      {R"({"anyOf":[{"type":"STRING"},{"type":"OBJECT","properties":{"nullable":{"type":"BOOLEAN"}},"propertyOrdering":["nullable"]}],"nullable":true})",
       R"({"anyOf":[{"type":"string"},{"type":"object","properties":{"nullable":{"type":"boolean"}}},{"type":"null"}]})"},
      {R"({"type":"TYPE_UNSPECIFIED","ref":"#/$defs/a","defs":{"a":{"type":"NULL"}}})",
       R"({"$ref":"#/$defs/a","$defs":{"a":{"type":"null"}}})"},
  };
  for (const auto& c : cases) {
    json::Document document;
    ASSERT_EQ(document.parse(c.from), json::Error::none);
    EXPECT_TRUE(protocol::is_openapi(document.root())) << c.from;
    EXPECT_EQ(protocol::json_schema_of_openapi(c.from), c.to);
    ASSERT_EQ(document.parse(c.to), json::Error::none);
    EXPECT_FALSE(protocol::is_openapi(document.root())) << c.to;
  }
  json::Document document;
  for (
      std::string_view plain :
      {R"({"type":"object","properties":{"ref":{"type":"string"},"nullable":{"type":"boolean"}},"required":["ref"]})",
       R"({"type":"string","enum":["OBJECT"],"minLength":1})"}) {
    ASSERT_EQ(document.parse(plain), json::Error::none);
    EXPECT_FALSE(protocol::is_openapi(document.root())) << plain;
  }
}

}  // namespace
