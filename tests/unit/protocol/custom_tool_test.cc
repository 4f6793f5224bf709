#include "protocol/custom_tool.h"

#include <gtest/gtest.h>

#include "json/document.h"
#include "json/escape.h"
#include "protocol/protocol.h"

namespace {

// Splits escaped text as a stream may: between characters and escapes, never inside one.
std::vector<std::string> units(std::string_view text) {
  std::vector<std::string> all;
  for (size_t i = 0; i < text.size();) {
    size_t size = text[i] != '\\' ? 1 : text[i + 1] == 'u' ? 6 : 2;
    while (text[i] != '\\' && i + size < text.size() && (text[i + size] & 0xC0) == 0x80) size++;
    all.emplace_back(text.substr(i, size));
    i += size;
  }
  return all;
}

// The input in `arguments` (raw JSON), fed in two pieces cut after `cut` units; every piece that comes out
// must be a JSON string by itself.
std::string taken(std::string_view arguments, size_t cut) {
  std::string escaped = json::escaped(arguments), first, second, all;
  auto parts = units(escaped);
  for (size_t i = 0; i < parts.size(); i++) (i < cut ? first : second) += parts[i];
  protocol::CustomInput input;
  auto check = [&](const std::string& piece) {
    json::Document document;
    std::string quoted = "\"" + piece + "\"";
    EXPECT_EQ(document.parse(quoted), json::Error::none) << quoted;
    EXPECT_TRUE(piece.empty() || json::unescaped(piece).find("\xEF\xBF\xBD") == std::string::npos) << piece;
    all += piece;
  };
  for (const std::string& part : {first, second}) {
    std::string out;
    input.feed({part, true}, out);
    check(out);
  }
  std::string rest;
  input.end(rest);
  check(rest);
  return json::unescaped(all);
}

void expect_everywhere(std::string_view arguments, std::string_view expected) {
  for (size_t cut = 0; cut <= units(json::escaped(arguments)).size(); cut++) {
    EXPECT_EQ(taken(arguments, cut), expected) << arguments << " cut after " << cut;
  }
  protocol::CustomInput input;
  std::string whole;
  input.feed({arguments, false}, whole);
  input.end(whole);
  EXPECT_EQ(json::unescaped(whole), expected) << arguments;
}

TEST(CustomTool, WrapsItsInputTwice) {
  std::string out = "\"";
  protocol::append_custom_arguments(R"(say \"hi\"\n)", out);
  out += '"';
  json::Document outer, inner;
  ASSERT_EQ(outer.parse(out), json::Error::none);
  std::string text = outer.root().str();
  ASSERT_EQ(inner.parse(text), json::Error::none) << text;
  EXPECT_EQ(inner.root()["input"].str(), "say \"hi\"\n");
}

TEST(CustomTool, TakesTheInputOutWhereverItIsCut) {
  expect_everywhere(R"({"input":"plain"})", "plain");
  expect_everywhere(R"( { "input" : "*** Begin\n\"q\" \\ \t end" } )", "*** Begin\n\"q\" \\ \t end");
  expect_everywhere(R"({"input":"\u00e9\ud83d\ude00\u0041"})",
                    "\xC3\xA9\xF0\x9F\x98\x80"
                    "A");
  expect_everywhere("{\"input\":\"\xF0\x9F\x98\x80 raw\"}", "\xF0\x9F\x98\x80 raw");
  expect_everywhere(R"({"why":{"a":["x,\"}"]},"n":1,"input":"late","more":2})", "late");
  expect_everywhere(R"({"input":""})", "");
}

TEST(CustomTool, GivesAllOfItWhenThereIsNoInput) {
  expect_everywhere(R"({"patch":"x"})", R"({"patch":"x"})");
  expect_everywhere(R"({"input":5})", R"({"input":5})");
  expect_everywhere("not json", "not json");
  expect_everywhere("", "");
}

TEST(CustomTool, StaysValidWhenTheModelEscapesBadly) {
  expect_everywhere(R"({"input":"a\qb"})", "a\\qb");
  expect_everywhere(R"({"input":"a\u12zz"})", "a\\u12zz");
  // Cut off in the middle: what was said stands.
  expect_everywhere(R"({"input":"half a \n sent)", "half a \n sent");
}

// A function has no field for it, so the model must be told in words, on every wire.
TEST(CustomTool, ItsGrammarIsInTheDescription) {
  chat::Tool tool;
  tool.name = "patch";
  tool.description = R"(Edits \"files\")";
  tool.custom = true;
  tool.grammar = R"({"type":"grammar","syntax":"lark","definition":"start: \"x\"\n"})";
  auto written = [&](const protocol::Protocol& wire, bool custom_tools) {
    chat::Request request;
    request.begin(chat::Role::user);
    request.add(chat::Block::Kind::text).body = "U";
    request.tools.push_back(tool);
    protocol::Target target;
    target.custom_tools = custom_tools;
    std::string out;
    EXPECT_FALSE(wire.write(request, target, out));
    json::Document document;
    EXPECT_EQ(document.parse(out), json::Error::none) << out;
    return out;
  };
  constexpr std::string_view kTold =
      R"("description":"Edits \"files\"\n\nThe input must match this grammar (lark):\nstart: \"x\"\n")";
  for (const protocol::Protocol* wire : protocol::all()) {
    if (wire->write) EXPECT_NE(written(*wire, false).find(kTold), std::string::npos) << wire->name;
  }
  // Where the tool goes as what it is, its format has a field of its own.
  EXPECT_EQ(written(protocol::kOpenaiResponses, true).find("must match"), std::string::npos);
  tool.grammar = R"({"type":"text"})";
  EXPECT_EQ(written(protocol::kOpenaiChat, false).find("must match"), std::string::npos);
}

}  // namespace
