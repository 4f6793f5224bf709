#include <gtest/gtest.h>

#include "base/arena.h"
#include "json/document.h"
#include "protocol/gemini_claude.h"
#include "protocol/schema.h"
#include "provider/antigravity/antigravity.h"
#include "provider/antigravity/credential_file.h"
#include "provider/antigravity/envelope.h"
#include "provider/antigravity/hosts.h"
#include "provider/antigravity/judge.h"

namespace {

using provider::Verdict;
using Action = Verdict::Action;

TEST(Antigravity, NamesAConversationByItsFirstWords) {
  chat::Request request;
  request.begin(chat::Role::user);
  request.add(chat::Block::Kind::text).body = "hi";
  EXPECT_EQ(provider::gravity::session_id(request, "7"), "-1099796703622425494");
  EXPECT_EQ(provider::gravity::session_id(chat::Request(), "7"), "-7");
}

TEST(Antigravity, TakesPackedTokensApart) {
  const struct {
    const char *packed, *token, *project;
  } cases[] = {
      {"1//a", "1//a", ""}, {"1//a|p", "1//a", "p"}, {"1//a|p|m", "1//a", "m"}, {"1//a||m", "1//a", "m"}};
  for (const auto& c : cases) {
    account::Credential credential;
    credential.refresh_token = c.packed;
    provider::gravity::unpack(credential);
    EXPECT_EQ(credential.refresh_token, c.token);
    EXPECT_EQ(credential.project, c.project);
  }
}

TEST(Antigravity, TriesEachHostOnceAndRemembersTheOneThatServed) {
  account::Account account;
  account.credential.id = "hosts-test";
  provider::Model model;
  model.id = "m";
  auto hosts = provider::gravity::hosts_of(account);
  ASSERT_EQ(hosts.size(), 2u);
  EXPECT_EQ(provider::gravity::host_of(account, model), hosts[0]);
  EXPECT_TRUE(provider::gravity::next_host(account, model));
  EXPECT_EQ(provider::gravity::host_of(account, model), hosts[1]);
  provider::gravity::settle_hosts(account);
  EXPECT_EQ(provider::gravity::host_of(account, model), hosts[1]);
  EXPECT_TRUE(provider::gravity::next_host(account, model));
  EXPECT_FALSE(provider::gravity::next_host(account, model));
  account.credential.base_url = "https://relay.example";
  EXPECT_EQ(provider::gravity::hosts_of(account).size(), 1u);
  EXPECT_FALSE(provider::gravity::next_host(account, model));
}

TEST(Antigravity, KnowsWhatIsTheHostsAndWhatTheFamilys) {
  auto judge = [](uint32_t status, std::string_view body) {
    return provider::gravity::judge(status, "", body, 1000);
  };
  EXPECT_TRUE(judge(599, "").elsewhere);
  EXPECT_TRUE(judge(404, R"({"error":{"message":"Requested entity was not found."}})").elsewhere);
  EXPECT_TRUE(
      judge(429, R"({"error":{"message":"Resource has been exhausted (e.g. check quota)."}})").elsewhere);
  Verdict gone = judge(429, R"({"error":{"message":"Individual quota reached. Resets in 9h22m20s."}})");
  EXPECT_FALSE(gone.elsewhere);
  EXPECT_EQ(gone.scope, Verdict::Scope::family);
  EXPECT_EQ(gone.until_ms, 1000 + 33'740'000);
  for (uint32_t status : {400u, 401u, 403u, 500u}) EXPECT_FALSE(judge(status, "{}").elsewhere) << status;
  Verdict old = judge(400, R"({"error":{"message":"Please upgrade to the latest version."}})");
  EXPECT_EQ(old.error.code, "client_version_rejected");
  EXPECT_EQ(old.action, Action::fatal);
  for (const char* said : {R"(messages.1.content.0: Invalid `signature` in `thinking` block)",
                           R"(messages.1.content.0.thinking.signature: Field required)",
                           R"(Expected `thinking` or `redacted_thinking`, but found `tool_use`)"}) {
    std::string body = R"({"error":{"message":")" + std::string(said) + "\"}}";
    EXPECT_EQ(judge(400, body).action, Action::strip_signatures) << said;
  }
}

TEST(Antigravity, ItsSchemasHaveFewerKeywords) {
  EXPECT_EQ(
      protocol::clean_schema_for_antigravity(
          R"({"type":"object","title":"T","properties":{"n":{"type":"integer","minimum":1,"enum":[1,2]}},"required":["n"]})",
          true),
      R"J({"type":"object","properties":{"n":{"type":"integer","description":"Allowed: 1, 2 (minimum: 1)"}},"required":["n"]})J");
  EXPECT_EQ(protocol::clean_schema_for_antigravity("{}", false), R"({"type":"object","properties":{}})");
  EXPECT_EQ(
      protocol::clean_schema_for_antigravity(R"({"type":"object","properties":{"a":{"type":"string"}}})",
                                             true),
      R"({"type":"object","properties":{"a":{"type":"string"},"_":{"type":"boolean"}},"required":["_"]})");
  json::Document own;
  ASSERT_EQ(own.parse(R"({"properties":{"reason":{"type":"string"},"_":{}}})"), json::Error::none);
  EXPECT_FALSE(protocol::is_stand_in(own.root(), "reason"));
  EXPECT_FALSE(protocol::is_stand_in(own.root(), "_"));
}

protocol::Target claude_target() {
  protocol::Target target;
  target.native_schema = target.claude = true;
  target.thinking = "budget";
  target.budget_min = 1024;
  target.budget_max = target.max_output = 64000;
  return target;
}

TEST(Antigravity, ThinksWithinTheAnswersLimitOrNotAtAll) {
  const struct {
    const char *budget, *limit;
    int64_t thinks, says;
  } cases[] = {{"", "", 0, 0},           {"8000", "", 8000, 64000},       {"100", "", 1024, 64000},
               {"0", "500", 0, 500},     {"9000", "4000", 3999, 4000},    {"9000", "1024", 0, 1024},
               {"-1", "", 63999, 64000}, {"99999", "99999", 63999, 64000}};
  for (const auto& c : cases) {
    chat::Request request;
    request.thinking.budget = c.budget;
    request.max_tokens = c.limit;
    auto found = protocol::gemini::claude_thinking(request, claude_target());
    EXPECT_EQ(found.budget, c.thinks) << c.budget << " of " << c.limit;
    EXPECT_EQ(found.max_output, c.says) << c.budget << " of " << c.limit;
  }
}

TEST(Antigravity, AProofGoesBackToItsOwnFamily) {
  protocol::Target gemini = claude_target();
  gemini.claude = false;
  auto of = [](std::string_view text) { return chat::Signature{text, chat::Origin::gemini, {}}; };
  EXPECT_TRUE(protocol::gemini::is_of_family(of("RXJhbg=="), claude_target()));
  EXPECT_FALSE(protocol::gemini::is_of_family(of("RXJhbg=="), gemini));
  EXPECT_TRUE(protocol::gemini::is_of_family(of("EgYKBAgB"), gemini));
  EXPECT_FALSE(protocol::gemini::is_of_family(of("EgYKBAgB"), claude_target()));
  EXPECT_FALSE(protocol::gemini::is_of_family({"RXJhbg==", chat::Origin::anthropic, {}}, claude_target()));
}

}  // namespace
