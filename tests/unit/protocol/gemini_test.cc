#include "protocol/gemini.h"

#include <gtest/gtest.h>

#include "protocol/openai_chat.h"
#include "protocol/schema.h"

namespace {

// An OpenAI request as Gemini gets it; an error as "param: message".
std::string translate(std::string_view body, bool signatures = false) {
  static json::Document document;
  static base::Arena arena;
  EXPECT_EQ(document.parse(body), json::Error::none) << body;
  chat::Request request;
  if (auto error = protocol::openai_chat::read(document.root(), arena, request))
    return error->param + ": " + error->message;
  protocol::Target target;
  target.signatures_required = signatures;
  std::string out;
  if (auto error = protocol::gemini::write(request, target, out)) return error->param + ": " + error->message;
  return out;
}

TEST(Gemini, WritesTheDocumentedExample) {
  EXPECT_EQ(
      translate(
          R"({"model":"m","messages":[{"role":"system","content":"S"},{"role":"user","content":"U"}],"max_tokens":50,"stop":"X"})"),
      R"({"contents":[{"role":"user","parts":[{"text":"U"}]}],"systemInstruction":{"role":"user","parts":[{"text":"S"}]},)"
      R"("generationConfig":{"maxOutputTokens":50,"stopSequences":["X"]}})");
}

TEST(Gemini, OrdersResultsByTheirCallsAndSuppliesWhatIsMissing) {
  std::string out = translate(
      R"({"model":"m","messages":[{"role":"user","content":"U"},{"role":"assistant","tool_calls":[)"
      R"({"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},)"
      R"({"id":"b","type":"function","function":{"name":"g","arguments":""}},)"
      R"({"id":"c","type":"function","function":{"name":"h","arguments":"not json"}}]},)"
      R"({"role":"tool","tool_call_id":"b","content":"B"},{"role":"tool","tool_call_id":"a","content":"A"},)"
      R"({"role":"tool","tool_call_id":"zzz","content":"lost"}]})",
      true);
  EXPECT_NE(
      out.find(
          R"({"functionCall":{"name":"f","args":{"x":1}},"thoughtSignature":"skip_thought_signature_validator"})"),
      out.npos)
      << out;
  EXPECT_NE(out.find(R"({"functionCall":{"name":"g","args":{}}})"), out.npos) << out;
  EXPECT_NE(out.find(R"("args":{"input":"not json"})"), out.npos) << out;
  EXPECT_NE(
      out.find(
          R"([{"functionResponse":{"name":"f","response":{"output":"A"}}},{"functionResponse":{"name":"g","response":{"output":"B"}}},)"
          R"({"functionResponse":{"name":"h","response":{"error":"no result was returned"}}},{"text":"Result of the tool:\nlost"}])"),
      out.npos)
      << out;
}

TEST(Gemini, BeginsWithTheUserAndDropsWhatIsEmpty) {
  EXPECT_NE(
      translate(
          R"({"model":"m","messages":[{"role":"assistant","content":"A"},{"role":"user","content":""}]})")
          .find(R"([{"role":"user","parts":[{"text":" "}]},{"role":"model","parts":[{"text":"A"}]}])"),
      std::string::npos);
  EXPECT_NE(translate(R"({"model":"m","messages":[{"role":"system","content":"only"}]})")
                .find(R"("contents":[{"role":"user","parts":[{"text":"only"}]}])"),
            std::string::npos);
}

TEST(Gemini, MakesFunctionsOfFreeTextTools) {
  chat::Request request;
  request.begin(chat::Role::user);
  request.add(chat::Block::Kind::text).body = "U";
  request.begin(chat::Role::assistant);
  chat::Block& call = request.add(chat::Block::Kind::tool_call);
  call.name = "patch";
  call.custom = true;
  call.arguments = {"{}", true};
  request.tools.push_back({.name = "patch", .custom = true});
  std::string out;
  ASSERT_FALSE(protocol::gemini::write(request, {}, out));
  EXPECT_NE(out.find(R"("args":{"input":"{}"})"), out.npos) << out;
  EXPECT_NE(
      out.find(
          R"({"name":"patch","parametersJsonSchema":{"type":"object","properties":{"input":{"type":"string",)"),
      out.npos)
      << out;
}

TEST(Gemini, TakesFiveStopSequences) {
  std::string out = translate(
      R"({"model":"m","messages":[{"role":"user","content":"U"}],"stop":["1","2","3","4","5","6"]})");
  EXPECT_NE(out.find(R"("stopSequences":["1","2","3","4","5"])"), out.npos) << out;
}

TEST(Gemini, NamesTheFieldItCannotHonour) {
  EXPECT_TRUE(
      translate(
          R"({"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]}]})")
          .starts_with("file_id:"));
}

TEST(Schema, IsCleanedForGeminiAndStaysClean) {
  const struct {
    std::string_view from, to;
  } cases[] = {
      {R"({"type":"object","properties":{"title":{"type":"string"}},"required":["title"]})",
       R"({"type":"object","properties":{"title":{"type":"string"}},"required":["title"]})"},
      {R"({"type":["string","null"]})", R"({"type":"string","description":"nullable"})"},
      {R"({"const":5})", R"({"enum":["5"],"type":"string"})"},
      {R"({"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"integer","exclusiveMinimum":0}}})",
       R"({"type":"object","properties":{"a":{"type":"integer","description":"exclusiveMinimum: 0"}}})"},
      {R"({"anyOf":[{"type":"null"},{"type":"array"}]})",
       R"({"type":"array","description":"Accepts: null | array","items":{"type":"string"}})"},
      {"5", R"({"type":"object"})"},
  };
  for (const auto& c : cases) {
    std::string once(protocol::clean_schema_for_gemini(c.from));
    EXPECT_EQ(once, c.to);
    EXPECT_EQ(protocol::clean_schema_for_gemini(once), once);
  }
  std::string cycle(protocol::clean_schema_for_gemini(
      R"({"$ref":"#/$defs/N","$defs":{"N":{"type":"object","properties":{"next":{"$ref":"#/$defs/N"}}}}})"));
  EXPECT_NE(cycle.find("See: N"), cycle.npos) << cycle;
}

}  // namespace
