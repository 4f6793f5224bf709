#include <gtest/gtest.h>

#include "json/document.h"
#include "provider/copilot/judge.h"
#include "provider/copilot/lists.h"
#include "provider/copilot/login.h"
#include "provider/copilot/names.h"
#include "provider/copilot/token.h"

namespace provider::github {
namespace {

TEST(Copilot, SendsItsTokenToHostsOfTheListOnly) {
  EXPECT_TRUE(is_allowed_api("https://api.business.githubcopilot.com", ""));
  EXPECT_TRUE(is_allowed_api("https://copilot-api.octo.ghe.com", "octo.ghe.com"));
  EXPECT_FALSE(is_allowed_api("https://copilot-api.octo.ghe.com", ""));
  EXPECT_FALSE(is_allowed_api("http://api.githubcopilot.com", ""));
  EXPECT_FALSE(is_allowed_api("https://api.githubcopilot.com.evil.example", ""));
  EXPECT_FALSE(is_allowed_api("https://api.githubcopilot.com@evil.example", ""));
  EXPECT_FALSE(is_allowed_api("https://evil.example/api.githubcopilot.com", ""));
  EXPECT_FALSE(is_allowed_api("https://evilocto.ghe.com", "octo.ghe.com"));
}

TEST(Copilot, KeepsATokenForTwentyFiveMinutesAtMost) {
  EXPECT_EQ(expiry_of(0, 0, 1000), 1000 + 25 * 60'000);
  EXPECT_EQ(expiry_of(999'999, 1500, 0), 25 * 60'000);
  EXPECT_EQ(expiry_of(999'999, 600, 0), 660'000);
  EXPECT_EQ(expiry_of(300, 1500, 0), 300'000);
}

TEST(Copilot, SpellsModelsAsCopilotDoes) {
  EXPECT_EQ(spelled_right("claude-sonnet-4-5-20250929"), "claude-sonnet-4.5");
  EXPECT_EQ(spelled_right("claude-opus-4-1-latest"), "claude-opus-4.1");
  EXPECT_EQ(spelled_right("claude-sonnet-4-20250514"), "claude-sonnet-4");
  EXPECT_EQ(spelled_right("gpt-4o"), "gpt-4o");
  EXPECT_EQ(spelled_right("gpt-5.1-codex"), "gpt-5.1-codex");
}

TEST(Copilot, TakesUsableModelsWithTheirEndpoints) {
  json::Document document;
  ASSERT_EQ(document.parse(R"({"data":[
    {"id":"both","supported_endpoints":["/chat/completions","/responses"],
     "capabilities":{"supports":{"reasoning_effort":["low","high"]}}},
    {"id":"new","supported_endpoints":["/responses","ws:/responses"]},
    {"id":"three","supported_endpoints":["/chat/completions","/v1/messages"]},
    {"id":"off","policy":{"state":"disabled"}},
    {"id":"embed","capabilities":{"type":"embeddings"}},
    {"id":"old"}]})"),
            json::Error::none);
  std::vector<Model> models;
  read_models(document.root(), models);
  ASSERT_EQ(models.size(), 4u);
  EXPECT_EQ(models[0].wire, "chat,responses");
  EXPECT_EQ(models[0].levels, "low,high");
  EXPECT_EQ(models[1].wire, "responses");
  EXPECT_EQ(models[2].wire, "chat,messages");
  EXPECT_EQ(models[3].wire, "chat");
}

TEST(Copilot, JudgesByCode) {
  auto action = [](uint32_t status, std::string_view code) {
    std::string body = R"({"error":{"message":"no","code":")" + std::string(code) + "\"}}";
    return judge(status, "", body, 0).action;
  };
  EXPECT_EQ(action(400, "unsupported_api_for_model"), Verdict::Action::reroute);
  EXPECT_EQ(action(400, "invalid_request_body"), Verdict::Action::fatal);
  EXPECT_EQ(action(403, ""), Verdict::Action::refresh);
  EXPECT_EQ(judge(429, "retry-after: 7\n", R"({"code":"rate_limited"})", 0).until_ms, 7000);
}

TEST(Copilot, AsksTheGitHubThatAFileNames) {
  auto asked = [](std::string_view file) {
    json::Document document;
    EXPECT_EQ(document.parse(file), json::Error::none);
    account::Account account;
    EXPECT_TRUE(adopt(document.root(), account.credential));
    EXPECT_EQ(account.credential.refresh_token, "ghu_1");
    return github_api(account) + " " + api_base(account);
  };
  EXPECT_EQ(asked(R"({"octocorp.ghe.com:Iv1.b507a08c87ecfe98":{"user":"o","oauth_token":"ghu_1"}})"),
            "https://api.octocorp.ghe.com https://copilot-api.octocorp.ghe.com");
  EXPECT_EQ(asked(R"({"github.com":{"user":"o","oauth_token":"ghu_1"}})"),
            "https://api.github.com https://api.githubcopilot.com");
}

TEST(Copilot, ReadsTheAllowanceOfThoseWhoPayAndOfOthers) {
  auto read = [](std::string_view text) {
    json::Document document;
    EXPECT_EQ(document.parse(text), json::Error::none);
    std::vector<Quota> out;
    read_quotas(document.root(), out);
    return out;
  };
  auto paid = read(R"({"quota_reset_date":"2026-02-01","quota_snapshots":{
    "chat":{"unlimited":true},"premium_interactions":{"entitlement":300,"remaining":250}}})");
  ASSERT_EQ(paid.size(), 2u);
  EXPECT_EQ(paid[0].limit, -1);
  EXPECT_EQ(paid[0].resets_ms, 0);
  EXPECT_EQ(paid[1].used, 50);
  EXPECT_EQ(paid[1].resets_ms, 1'769'904'000'000);
  auto free = read(R"({"limited_user_reset_date":"2026-02-01","limited_user_quotas":{"chat":20},
    "monthly_quotas":{"chat":50}})");
  ASSERT_EQ(free.size(), 1u);
  EXPECT_EQ(free[0].used, 30);
  EXPECT_EQ(free[0].resets_ms, 1'769'904'000'000);
}

TEST(Copilot, RestsUntilTheAllowanceComesBack) {
  std::string head =
      "x-quota-snapshot-premium_interactions: ent=300&ov=0.0&rem=0.0&rst=1970-01-01T05%3A00%3A00Z\n";
  EXPECT_EQ(judge(402, head, R"({"error":{"code":"quota_exceeded"}})", 0).until_ms, 5 * 3600'000);
  EXPECT_EQ(judge(402, head + "retry-after: 7\n", R"({"error":{"code":"quota_exceeded"}})", 0).until_ms,
            7000);
}

}  // namespace
}  // namespace provider::github
