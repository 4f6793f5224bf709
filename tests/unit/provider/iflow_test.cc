#include <gtest/gtest.h>

#include "base/sha256.h"
#include "base/text.h"
#include "provider/iflow/judge.h"
#include "provider/iflow/token.h"
#include "provider/import.h"

namespace provider::iflow_service {
namespace {

TEST(Iflow, SignsAsTheServiceDoes) {
  EXPECT_EQ(base::hex(base::hmac_sha256(
                "sk-test", "iFlow-Cli:session-00000000-0000-4000-8000-000000000000:1760000000000")),
            "e1b13fc9cfd2435d43c4be5c8ce4acc1d7ae0d7b2ac84d8c54182ac7725a3032");
}

TEST(Iflow, FindsTheOneCookieThatMatters) {
  EXPECT_EQ(cookie_in("a=b; BXAuth=x=y; c=d"), "BXAuth=x=y;");
  EXPECT_EQ(cookie_in("BXAuth=v"), "BXAuth=v;");
  EXPECT_EQ(cookie_in("BXAuth=; a=b"), "");
  EXPECT_EQ(cookie_in("notBXAuth=v"), "");
}

TEST(Iflow, ACookiesKeyIsMadeAnewTwoDaysAhead) {
  constexpr int64_t kDay = 24 * 3600'000;
  account::Account account;
  account.credential.api_key = "sk";
  account.credential.extra["cookie"] = "BXAuth=v;";
  account.credential.expires_ms = 10 * kDay;
  EXPECT_TRUE(is_fresh(account, 7 * kDay));
  EXPECT_FALSE(is_fresh(account, 8 * kDay));
}

TEST(Iflow, ReadsAPlatformsTimeAsBeijings) {
  account::Credential to;
  std::string problem;
  ASSERT_TRUE(import(R"({"type":"iflow","api_key":"sk","cookie":"BXAuth=v","expired":"2026-03-01 12:00"})",
                     to, problem))
      << problem;
  EXPECT_EQ(to.provider, "iflow");
  EXPECT_EQ(to.expires_ms, 1'772'337'600'000);  // 04:00 UTC
}

TEST(Iflow, TheNumberInTheBodyWins) {
  auto action = [](uint32_t status, std::string_view body) { return judge(status, "", body, 0).action; };
  using Action = Verdict::Action;
  EXPECT_EQ(action(434, R"({"error":{"status":"434","msg":"Invalid apiKey"}})"), Action::refresh);
  EXPECT_EQ(action(403, R"({"status":"438","msg":"AK blocked"})"), Action::quarantine);
  EXPECT_EQ(action(500, R"({"status":"449","msg":"slow"})"), Action::next_account);
  EXPECT_EQ(action(400, R"({"error":{"message":"no"}})"), Action::fatal);
}

}  // namespace
}  // namespace provider::iflow_service
