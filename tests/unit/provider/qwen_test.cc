#include <gtest/gtest.h>

#include "config/settings.h"
#include "json/document.h"
#include "provider/import.h"
#include "provider/provider.h"
#include "provider/qwen/judge.h"
#include "provider/qwen/token.h"

namespace provider::qwen_service {
namespace {

TEST(Qwen, SendsItsTokenToHostsOfItsOwnOnly) {
  EXPECT_EQ(portal_base("portal.qwen.ai"), "https://portal.qwen.ai/v1");
  EXPECT_EQ(portal_base("https://dashscope.aliyuncs.com/compatible-mode/"),
            "https://dashscope.aliyuncs.com/compatible-mode/v1");
  EXPECT_EQ(portal_base("https://portal.qwen.ai/v1"), "https://portal.qwen.ai/v1");
  for (const char* evil :
       {"", "http://portal.qwen.ai", "evil.example", "portal.qwen.ai.evil.example", "evilqwen.ai",
        "https://portal.qwen.ai@evil.example", "https://evil.example/portal.qwen.ai", "portal.qwen.ai:81",
        "https://evil.example?.qwen.ai", "https://evil.example#.qwen.ai", "ftp://portal.qwen.ai"}) {
    EXPECT_EQ(portal_base(evil), "") << evil;
  }
}

TEST(Qwen, ReachesAnAccountWhereItBelongs) {
  account::Account account;
  EXPECT_EQ(base_of(account), "https://portal.qwen.ai/v1");
  account.credential.extra["resource_url"] = "intl.qwen.ai";
  EXPECT_EQ(base_of(account), "https://intl.qwen.ai/v1");
  account.credential.extra["resource_url"] = "evil.example";
  EXPECT_EQ(base_of(account), "https://portal.qwen.ai/v1");
  account.credential.api_key = "sk-1";
  EXPECT_EQ(base_of(account), "https://dashscope.aliyuncs.com/compatible-mode/v1");
  account.credential.api_key = "sk-sp-1";
  EXPECT_EQ(base_of(account), "https://coding.dashscope.aliyuncs.com/v1");
  account.credential.extra["plan"] = "coding-intl";
  EXPECT_EQ(base_of(account), "https://coding-intl.dashscope.aliyuncs.com/v1");
  account.credential.base_url = "https://relay.example";
  EXPECT_EQ(base_of(account), "https://relay.example");
}

TEST(Qwen, TakesItsFilesAndLeavesOthersAlone) {
  const struct {
    const char *file, *provider;
  } files[] = {
      {R"({"access_token":"a","refresh_token":"r","token_type":"Bearer","resource_url":"portal.qwen.ai","expiry_date":9})",
       "qwen"},
      {R"({"access_token":"a","refresh_token":"r","type":"qwen","expired":"2026-04-01T10:00:00+08:00","email":"me"})",
       "qwen"},
      {R"({"provider":"dashscope","api_key":"sk-1","plan":"token"})", "qwen"},
      {R"({"access_token":"a","refresh_token":"r","token_type":"Bearer","expiry_date":9})", "gemini-cli"},
  };
  for (const auto& file : files) {
    account::Credential to;
    std::string problem;
    ASSERT_TRUE(import(file.file, to, problem)) << problem;
    EXPECT_EQ(to.provider, file.provider);
  }
}

TEST(Qwen, KnowsTheVariablesOfAlibabasTools) {
  account::Credential out;
  EXPECT_FALSE(configured(out));
  config::load(R"({"DASHSCOPE_API_KEY":"sk-1","BAILIAN_CODING_PLAN_API_KEY":" sk-sp-2 "})");
  EXPECT_TRUE(configured(out));
  EXPECT_EQ(out.api_key, "sk-sp-2");
  EXPECT_EQ(out.extra["plan"], "coding");
  config::load("{}");
}

TEST(Qwen, ADaysQuotaComesBackAtMidnightInBeijing) {
  constexpr int64_t kNoon = 1'790'049'600'000, kHour = 3600'000;  // 2026-09-22 12:00 in Beijing is 04:00 UTC
  int64_t now = kNoon - kNoon % (24 * kHour) + 4 * kHour;
  Verdict verdict = judge(429, "", R"({"error":{"code":"insufficient_quota"}})", now);
  EXPECT_EQ(verdict.until_ms, now + 12 * kHour);
  EXPECT_EQ(verdict.error.fault, chat::Fault::quota_exhausted);
  EXPECT_EQ(
      judge(429, "", R"({"error":{"message":"Free allocated quota exceeded."}})", now + 12 * kHour).until_ms,
      now + 36 * kHour);
}

}  // namespace
}  // namespace provider::qwen_service
