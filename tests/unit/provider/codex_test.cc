#include <gtest/gtest.h>

#include "base/text.h"
#include "json/document.h"
#include "provider/codex/judge.h"
#include "provider/codex/token.h"

namespace provider::chatgpt {
namespace {

std::string token_with(std::string_view claims) { return "e30." + base::base64_url(claims) + ".sig"; }

TEST(Codex, ReadsWhatATokenSays) {
  Claims claims = claims_of(token_with(
      R"({"exp":1760000000,"email":"u@x","https://api.openai.com/auth":{"chatgpt_account_id":"acc"}})"));
  EXPECT_EQ(claims.account_id, "acc");
  EXPECT_EQ(claims.email, "u@x");
  EXPECT_EQ(claims.expires_ms, 1'760'000'000'000);
  for (std::string_view broken : {"", "a", "a.b", "a.!!.c", "..", "e30.e30.sig"}) {
    EXPECT_EQ(claims_of(broken).expires_ms, 0) << broken;
  }
}

TEST(Codex, KeepsWhatAnAnswerLeavesOut) {
  account::Credential credential;
  credential.refresh_token = "old";
  json::Document document;
  std::string answer = R"({"access_token":")" + token_with(R"({"exp":100})") + "\"}";
  ASSERT_EQ(document.parse(answer), json::Error::none);
  take_tokens(document.root(), credential);
  EXPECT_EQ(credential.refresh_token, "old");
  EXPECT_EQ(credential.expires_ms, 100'000);
}

TEST(Codex, TakesTheFilesOfTheCliAndNoOthers) {
  account::Credential credential;
  json::Document document;
  ASSERT_EQ(document.parse(R"({"OPENAI_API_KEY":"sk-x","tokens":null})"), json::Error::none);
  EXPECT_TRUE(adopt(document.root(), credential));
  EXPECT_EQ(credential.api_key, "sk-x");
  ASSERT_EQ(document.parse(R"({"access_token":"a","refresh_token":"b"})"), json::Error::none);
  EXPECT_FALSE(adopt(document.root(), credential));
}

TEST(Codex, TellsABlockPageFromARefusal) {
  EXPECT_TRUE(is_egress_block(403, "content-type: text/html\n", "x"));
  EXPECT_TRUE(is_egress_block(403, "cf-mitigated: challenge\n", "{}"));
  EXPECT_TRUE(is_egress_block(404, "", " "));
  EXPECT_FALSE(is_egress_block(403, "content-type: application/json\n", R"({"detail":"no"})"));
  EXPECT_FALSE(is_egress_block(404, "", R"({"detail":"Not Found"})"));
}

TEST(Codex, TellsAModelThatIsMissingFromWhatAModelDoesNotTake) {
  using Action = Verdict::Action;
  auto action = [](std::string_view body) { return judge(400, "", body, 0).action; };
  for (std::string_view missing : {
           R"({"detail":"The 'gpt-5.4' model is not supported when using Codex with a ChatGPT account."})",
           R"({"error":{"message":"This model is not available in your plan.","param":"model","code":null}})",
       }) {
    EXPECT_EQ(action(missing), Action::next_account) << missing;
  }
  for (std::string_view refused : {
           R"({"error":{"message":"Unsupported value: 'low' is not supported with the 'm' model."}})",
           R"({"error":{"message":"'low' is not supported with the 'm' model.","code":"unsupported_value"}})",
           R"({"error":{"message":"The model is not supported so.","param":"text.verbosity"}})",
           R"({"detail":"Image inputs are not supported by this model."})",
       }) {
    EXPECT_EQ(action(refused), Action::fatal) << refused;
  }
  std::string_view member =
      R"({"detail":"Unsupported parameter: 'top_p' is not supported with this model."})";
  EXPECT_EQ(action(member), Action::drop_fields);
  EXPECT_EQ(judge(400, "", member, 0).fields, "\ntop_p\n");
  EXPECT_EQ(judge(400, "", R"({"detail":"Unsupported parameter: 'reasoning.summary'."})", 0).fields,
            "reasoning\nsummary\n");
}

TEST(Codex, RestsUntilTheWindowThatIsUsedUpComesBack) {
  std::string_view headers =
      "x-codex-primary-used-percent: 100.0\nx-codex-primary-reset-at: 5000\n"
      "x-codex-secondary-used-percent: 30\nx-codex-secondary-reset-at: 9000\n";
  std::string_view body = R"({"error":{"type":"usage_limit_reached","message":"limit"}})";
  EXPECT_EQ(judge(429, headers, body, 1'000'000).until_ms, 5'000'000);
}

}  // namespace
}  // namespace provider::chatgpt
