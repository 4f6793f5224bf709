// Kiro: the verdict on every failure, the ways to the upstream, whose login a file is.
#include <gtest/gtest.h>

#include "host/abi.h"
#include "json/document.h"
#include "provider/kiro/credential_file.h"
#include "provider/kiro/identity.h"
#include "provider/kiro/judge.h"
#include "provider/kiro/kiro.h"
#include "provider/kiro/names.h"
#include "provider/kiro/route.h"

namespace {

using namespace provider::amazon;
using provider::Verdict;
using Action = Verdict::Action;

constexpr int64_t kNow = 1'796'000'000'000;  // 2026-11-29
// The real profile of every Builder ID, whatever it looks like.
constexpr std::string_view kBuilder = "arn:aws:codewhisperer:us-east-1:638616132270:profile/AAAACCCCXXXX";

std::string body(std::string_view message, std::string_view reason) {
  return R"({"message":")" + std::string(message) + R"(","reason":")" + std::string(reason) + R"("})";
}

TEST(Kiro, JudgesEveryFailure) {
  const struct {
    uint32_t status;
    std::string_view headers;
    std::string body;
    Action action;
    std::string_view code;
  } cases[] = {
      {400, "", body("Input is too long.", "CONTENT_LENGTH_EXCEEDS_THRESHOLD"), Action::fatal,
       "context_length_exceeded"},
      {400, "", body("Improperly formed request.", "REQUEST_BODY_INVALID"), Action::flatten_tools,
       "upstream_refused"},
      {400, "", body("Bad.", "INVALID_MODEL_ID"), Action::next_account, "model_not_found"},
      {500, "", body("Expected toolResult blocks", "x"), Action::fatal, "upstream_refused"},
      {400, "", body("Bad.", "THINKING_SIGNATURE_INVALID"), Action::strip_signatures, "thinking_signature"},
      {400, "", body("profileArn is required for this request.", ""), Action::reroute, "upstream_profile"},
      {403, "", body("User is not authorized to make this call.", ""), Action::reroute, "upstream_profile"},
      {404, "", R"({"__type":"UnknownOperationException"})", Action::reroute, "upstream_profile"},
      {400, "", body("Limit.", "MONTHLY_REQUEST_COUNT"), Action::next_account, "quota_exhausted"},
      {402, "", R"({"error":{"reason":"OVERAGE_REQUEST_LIMIT_EXCEEDED"}})", Action::next_account,
       "quota_exhausted"},
      {402, "", body("Full.", "CONVERSATION_LIMIT_EXCEEDED"), Action::new_conversation, "conversation_limit"},
      {429, "", body("Limit.", "DAILY_REQUEST_COUNT"), Action::next_account, "quota_exhausted"},
      {429, "", body("Due to suspicious activity, we are imposing limits", ""), Action::next_account,
       "account_flagged"},
      {429, "", body("Busy.", "INSUFFICIENT_MODEL_CAPACITY"), Action::retry_here,
       "upstream_capacity_exhausted"},
      {500, "", body("Encountered unexpectedly high load", ""), Action::retry_here,
       "upstream_capacity_exhausted"},
      {429, "retry-after: 30\n", body("Too many requests", ""), Action::next_account, "rate_limit_exceeded"},
      {403, "", body("Your User ID (1) temporarily is suspended.", ""), Action::quarantine,
       "account_suspended"},
      {403, "", body("We've locked it as a security precaution.", ""), Action::quarantine,
       "account_suspended"},
      {403, "", body("This model has been blocked by your organization administrator.", ""),
       Action::next_account, "feature_not_supported"},
      {403, "", body("The bearer token included in the request is invalid.", ""), Action::refresh,
       "upstream_token_invalid"},
      {401, "", "{}", Action::refresh, "upstream_token_invalid"},
      {400, "x-amzn-errortype: AccessDeniedException:http://x\n", body("Invalid token", ""), Action::refresh,
       "upstream_token_invalid"},
      {403, "content-type: text/html\n", "<html>blocked</html>", Action::fatal, "egress_blocked"},
      {503, "", "", Action::retry_here, "upstream_error"},
      {host::kNetwork, "", "no route", Action::retry_here, "upstream_error"},
      {524, "", "", Action::fatal, "upstream_timeout"},
      {200, "x-amzn-errortype: ThrottlingException\n", body("Slow down", ""), Action::next_account,
       "rate_limit_exceeded"},
      {200, "", R"({"__type":"com.amazon#ValidationException","message":"No."})", Action::fatal,
       "upstream_refused"},
      {200, "x-amzn-errortype: error\n", body("Broken", ""), Action::retry_here, "upstream_error"},
  };
  for (const auto& each : cases) {
    Verdict verdict = judge(each.status, each.headers, each.body, kNow);
    EXPECT_EQ(verdict.action, each.action) << each.status << " " << each.body;
    EXPECT_EQ(verdict.error.code, each.code) << each.body;
    EXPECT_FALSE(verdict.error.message.empty());
  }
}

TEST(Kiro, MonthlyCreditsComeBackWithTheMonth) {
  constexpr int64_t kDecember = 1'796'083'200'000;
  EXPECT_EQ(judge(402, "", body("", "MONTHLY_REQUEST_COUNT"), kNow).until_ms, kDecember);
  EXPECT_TRUE(judge(402, "", body("", "MONTHLY_REQUEST_COUNT"), kNow).firm);
  EXPECT_FALSE(judge(429, "", body("Too many requests", ""), kNow).firm);
  constexpr int64_t kLeapFebruary = 1'835'395'200'000, kMarch = 1'835'481'600'000;  // 29 February 2028
  EXPECT_EQ(judge(402, "", body("", "MONTHLY_REQUEST_COUNT"), kLeapFebruary).until_ms, kMarch);
}

TEST(Kiro, AFlaggedAccountMovesOnOnce) {
  Verdict flagged = judge(429, "", body("suspicious activity", ""), kNow);
  EXPECT_TRUE(flagged.last_move && flagged.firm);
  EXPECT_GT(judge(400, "", body("Improperly formed request.", ""), kNow).too_long_from, 0u);
}

TEST(Kiro, RegionsAndProfilesAreReadStrictly) {
  EXPECT_TRUE(is_region("eu-central-1"));
  for (std::string_view bad : {"", "us-east", "us-east-1.evil.example", "US-EAST-1", "us-east-111"})
    EXPECT_FALSE(is_region(bad)) << bad;
  EXPECT_EQ(region_of_arn(kBuilder), "us-east-1");
  for (std::string_view bad : {"arn:aws:codewhisperer:us-east-1:12:profile/A", "arn:x",
                               "arn:aws:codewhisperer:us-east-1:638616132270:profile/A/B"})
    EXPECT_EQ(region_of_arn(bad), "") << bad;
}

account::Credential read(std::string_view text) {
  json::Document document;
  account::Credential out;
  EXPECT_EQ(document.parse(text), json::Error::none);
  EXPECT_TRUE(read_credential_file(document.root(), out)) << text;
  return out;
}

TEST(Kiro, KnowsWhoseLoginAFileIs) {
  const struct {
    std::string_view file;
    Kind kind;
  } cases[] = {
      {R"({"accessToken":"a","refreshToken":"r","authMethod":"social","provider":"Google"})", Kind::social},
      {R"({"accessToken":"a","authMethod":"IdC","provider":"BuilderId","region":"us-east-1"})",
       Kind::builder_id},
      {R"({"accessToken":"a","authMethod":"builder-id"})", Kind::builder_id},
      {R"({"accessToken":"a","authMethod":"IdC","provider":"Enterprise"})", Kind::idc},
      {R"({"accessToken":"a","authMethod":"IdC","provider":"kiro","socialProvider":"Enterprise"})",
       Kind::idc},
      {R"({"accessToken":"a","authMethod":"idc","startUrl":"https://d-1.awsapps.com/start"})", Kind::idc},
      {R"({"accessToken":"a","authMethod":"enterprise"})", Kind::idc},
      {R"({"accessToken":"a","clientId":"c","clientSecret":"s"})", Kind::builder_id},
      {R"({"access_token":"a","refresh_token":"r","region":"us-east-1","start_url":"https://view.awsapps.com/start","client_id":"c"})",
       Kind::builder_id},
      {R"({"access_token":"a","refresh_token":"r","profile_arn":"x"})", Kind::social},
      {R"({"accessToken":"a","authMethod":"external_idp","tokenEndpoint":"https://login.microsoftonline.com/t"})",
       Kind::external_idp},
      {R"({"kiroApiKey":"ksk_1"})", Kind::api_key},
  };
  for (const auto& each : cases) EXPECT_EQ(kind_of(read(each.file)), each.kind) << each.file;
}

TEST(Kiro, ReadsEveryKindOfExpiry) {
  auto expires = [](std::string value) {
    return read(R"({"accessToken":"a","expiresAt":)" + value + "}").expires_ms;
  };
  EXPECT_EQ(expires(R"("2026-01-01T12:00:00.000Z")"), 1'767'268'800'000);
  EXPECT_EQ(expires(R"("2026-01-01T12:00:00Z")"), 1'767'268'800'000);
  EXPECT_EQ(expires("1767268800"), 1'767'268'800'000);
  EXPECT_EQ(expires("1767268800000"), 1'767'268'800'000);
  EXPECT_EQ(expires(R"("soon")"), 1) << "what cannot be read has expired";
}

TEST(Kiro, OtherFilesAreNotKiros) {
  for (std::string_view text :
       {R"({"access_token":"a","refresh_token":"r","expiry_date":1})", R"({"api_key":"sk-1"})",
        R"({"tokens":{"access_token":"a"}})", R"({"access_token":"a","refresh_token":"r"})"}) {
    json::Document document;
    account::Credential out;
    ASSERT_EQ(document.parse(text), json::Error::none);
    EXPECT_FALSE(read_credential_file(document.root(), out)) << text;
  }
}

TEST(Kiro, TheWayFollowsTheKindOfLogin) {
  account::Credential key;
  key.api_key = "ksk_1";
  EXPECT_EQ(name_of(route_of(key)), "runtime/none");
  account::Credential builder;
  builder.extra["kind"] = "builder_id";
  EXPECT_EQ(name_of(route_of(builder)), "runtime/builder");
  EXPECT_EQ(profile_for(builder, route_of(builder)), kBuilder);
  builder.extra["route"] = "q/none";
  EXPECT_EQ(name_of(route_of(builder)), "q/none");
  builder.extra["route"] = "no such way";
  EXPECT_EQ(name_of(route_of(builder)), "runtime/builder");
  account::Credential org;
  org.extra["kind"] = "idc";
  org.extra["profile_arn"] = "arn:aws:codewhisperer:eu-central-1:111122223333:profile/ORG";
  EXPECT_EQ(api_region(org), "eu-central-1");
  EXPECT_EQ(host_url(org, "runtime_url", api_region(org)), "https://runtime.eu-central-1.kiro.dev");
  org.base_url = "https://relay.example/generateAssistantResponse";
  EXPECT_EQ(host_url(org, "q_url", "eu-central-1"), "https://relay.example");
}

TEST(Kiro, WalksRoundOnceAndSettles) {
  account::Account account;
  account.credential.id = "walker";
  account.credential.extra["kind"] = "builder_id";
  EXPECT_FALSE(settle_route(account));
  EXPECT_TRUE(next_route(account));
  EXPECT_EQ(name_of(route_of(account.credential)), "runtime/none");
  EXPECT_TRUE(next_route(account));
  EXPECT_TRUE(next_route(account));
  EXPECT_EQ(name_of(route_of(account.credential)), "q/none");
  EXPECT_FALSE(next_route(account)) << "each way once";
  EXPECT_TRUE(settle_route(account));
  EXPECT_FALSE(settle_route(account));
}

TEST(Kiro, SpellsModelsItsOwnWay) {
  const struct {
    std::string_view name, right;
  } cases[] = {
      {"Claude-Sonnet-4-6-20260115", "claude-sonnet-4.6"},
      {"kiro-claude-opus-4-7", "claude-opus-4.7"},
      {"claude-sonnet-4-5[1m]", "claude-sonnet-4.5"},
      {"claude-sonnet-4-5-latest", "claude-sonnet-4.5"},
      {"claude-4-5-haiku", "claude-haiku-4.5"},
      {"claude-opus-5-20260801", "claude-opus-5"},
      {"claude-3-7-sonnet-latest", "claude-3.7-sonnet"},
      {"gpt-5.6-sol", "gpt-5.6-sol"},
      {"claude-sonnet-4-20250514", "claude-sonnet-4"},
  };
  for (const auto& each : cases) EXPECT_EQ(kiro_name(each.name), each.right) << each.name;
  EXPECT_EQ(provider::find_model(provider::kiro(), "claude-sonnet-4-6-20260115")->id, "claude-sonnet-4.6");
  EXPECT_EQ(provider::find_model(provider::kiro(), "claude-sonnet-9-9"), nullptr);
}

}  // namespace
