// OpenAI's two wires: the request to an upstream, by OpenAI's rules.
#include <gtest/gtest.h>

#include "anthropic_helpers.h"
#include "base/sha256.h"
#include "base/text.h"
#include "json/escape.h"

namespace {

using anthropic_test::target_of;
using anthropic_test::translate;
using protocol::kOpenaiChat;

constexpr std::string_view kHi = R"("messages":[{"role":"user","content":"hi"}])";

// What an upstream gets for a chat completion that cannot go on as it is.
std::string chat(std::string_view members, std::string_view messages = kHi) {
  std::string body = R"({"model":"m",)";
  body.append(messages).append(",").append(members).append("}");
  return translate(kOpenaiChat, kOpenaiChat, body, target_of());
}

#define HAS(text, part) EXPECT_NE(std::string(text).find(part), std::string::npos) << text
#define HAS_NO(text, part) EXPECT_EQ(std::string(text).find(part), std::string::npos) << text

// In a declaration, a choice and a call alike, or the upstream would not know them for one.
TEST(OpenaiChatWrite, NamesThatOpenaiRefusesAreMappedEverywhere) {
  constexpr std::string_view kTools =
      R"("tools":[{"type":"function","function":{"name":"mcp.server/list"}}])";
  std::string out = chat(
      std::string(kTools) + R"(,"tool_choice":{"type":"function","function":{"name":"mcp.server/list"}})",
      R"("messages":[{"role":"user","content":"hi"},{"role":"assistant","tool_calls":[{"id":"a","type":"function",)"
      R"("function":{"name":"mcp.server/list","arguments":"{}"}}]},{"role":"tool","tool_call_id":"a","content":"x"}])");
  HAS_NO(out, "mcp.server");
  size_t found = 0;
  for (size_t at = 0; (at = out.find(R"("name":"mcp_server_list_)", at)) != out.npos; at++) found++;
  EXPECT_EQ(found, 3u) << out;
  HAS(chat(std::string(kTools) +
           R"(,"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[)"
           R"({"type":"function","function":{"name":"mcp.server/list"}}]}})"),
      R"("tools":[{"type":"function","function":{"name":"mcp_server_list_)");
}

// OpenAI leaves them out of a search's item unless they are asked for by name.
TEST(OpenaiWrite, ASearchIsAskedForItsSources) {
  constexpr std::string_view kSources = "\"web_search_call.action.sources\"";
  std::string body = R"({"model":"m","web_search_options":{},)" + std::string(kHi) + "}";
  for (std::string_view model : {"gpt-5.4", "gpt-4o"}) {
    protocol::Target target = target_of();
    target.model = model;
    HAS_NO(translate(kOpenaiChat, protocol::kOpenaiResponses, body, target), kSources);
    target.web_search = true;
    HAS(translate(kOpenaiChat, protocol::kOpenaiResponses, body, target), kSources);
  }
  protocol::Target target = target_of();
  target.web_search = true;
  std::string plain = R"({"model":"m",)" + std::string(kHi) + "}";
  HAS_NO(translate(kOpenaiChat, protocol::kOpenaiResponses, plain, target), kSources);
}

// It is a note on what OpenAI stores, refused where nothing is; and an upstream is never asked to store.
TEST(OpenaiChatWrite, MetadataStaysHere) {
  for (std::string_view members : {R"("metadata":{"a":"b"})", R"("metadata":{"a":"b"},"store":true)"}) {
    HAS_NO(chat(members), "metadata");
    HAS_NO(chat(members), "store");
  }
}

// Claude Code names its user by a JSON object of some 160 letters; OpenAI takes 64.
TEST(OpenaiWrite, LongUsersGoAsTheirHash) {
  constexpr std::string_view kLong =
      R"({\"device_id\":\"0123456789012345678901234567890123456789012345678901234567890123\",\"session_id\":\"s\"})";
  std::string plain = json::unescaped(kLong);
  std::string hash = base::hex(base::sha256(plain));
  for (const protocol::Protocol* wire : {&kOpenaiChat, &protocol::kOpenaiResponses}) {
    auto user = [&](std::string_view name) {
      std::string body = R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}],)";
      body.append(R"("metadata":{"user_id":")").append(name).append("\"}}");
      return translate(protocol::kAnthropic, *wire, body, target_of());
    };
    HAS(user(kLong), R"("user":")" + hash + "\"");
    HAS(user("me@example.com"), R"("user":"me@example.com")");
    std::string most(64, 'u');
    HAS(user(most), R"("user":")" + most + "\"");
    HAS_NO(user(most + "u"), most);
    HAS(user(R"(\u00e9)" + most.substr(2)), R"("user":"\u00e9)" + most.substr(2));
  }
}

}  // namespace
