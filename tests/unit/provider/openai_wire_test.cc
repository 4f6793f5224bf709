#include "provider/openai/openai.h"

#include <gtest/gtest.h>

#include "provider/openai/judge.h"

namespace {

using Action = provider::Verdict::Action;
using chat::Fault;
using protocol::Origin;

constexpr int64_t kNow = 1'000'000'000;

provider::Verdict judge(uint32_t status, std::string_view body, std::string_view headers = {}) {
  return provider::openai_service::judge(status, headers, body, kNow);
}

TEST(OpenaiJudge, LimitsRestUntilTheyEnd) {
  auto soon = judge(
      429,
      R"({"error":{"message":"Rate limit reached. Please try again in 1.9s.","code":"rate_limit_exceeded"}})");
  EXPECT_EQ(soon.action, Action::next_account);
  EXPECT_EQ(soon.until_ms, kNow + 1900);
  EXPECT_EQ(soon.error.retry_after, 2);
  EXPECT_EQ(soon.error.fault, Fault::rate_limited);
  EXPECT_EQ(judge(429, R"({"error":{"message":"try again in 35ms"}})").until_ms, kNow + 35);
  EXPECT_EQ(judge(429, R"({"error":{"message":"try again in 1m3s"}})").until_ms, kNow + 63'000);
  EXPECT_EQ(judge(429, "{}", "retry-after: 7\n").until_ms, kNow + 7000);
  EXPECT_EQ(judge(429, "<html>").until_ms, kNow + 20'000);

  auto spent =
      judge(429, R"({"error":{"type":"usage_limit_reached","message":"m","resets_in_seconds":3600}})");
  EXPECT_EQ(spent.error.fault, Fault::quota_exhausted);
  EXPECT_EQ(spent.scope, provider::Verdict::Scope::account);
  EXPECT_EQ(spent.until_ms, kNow + 3600'000);
  EXPECT_EQ(judge(429, R"({"error":{"type":"usage_limit_reached","resets_at":1000060}})").until_ms,
            kNow + 60'000);
  EXPECT_EQ(judge(429, R"({"error":{"code":"insufficient_quota"}})").until_ms, kNow + 3600'000);
}

TEST(OpenaiJudge, TellsAMissingEndpointFromAMissingModel) {
  EXPECT_EQ(judge(404, R"x({"error":{"message":"Invalid URL (POST /v1/responses)"}})x").action,
            Action::rediscover);
  EXPECT_EQ(judge(404, R"({"detail":"Not Found"})").action, Action::rediscover);
  EXPECT_EQ(judge(404, "404 page not found").action, Action::rediscover);
  EXPECT_EQ(judge(405, "").action, Action::rediscover);
  EXPECT_EQ(
      judge(404, R"({"error":{"message":"The model 'x' does not exist","code":"model_not_found"}})").action,
      Action::fatal);
  EXPECT_EQ(judge(404, R"({"error":{"message":"model 'x' not found, try pulling it first"}})").action,
            Action::fatal);
  EXPECT_EQ(judge(404, R"({"error":{"message":"Item with id 'rs_1' not found.","code":null}})").action,
            Action::fatal);
  EXPECT_EQ(judge(404, R"({"error":{"message":"No such file","param":"input"}})").action, Action::fatal);
}

TEST(OpenaiJudge, TheRest) {
  EXPECT_EQ(judge(400, R"({"error":{"code":"invalid_encrypted_content","message":"m"}})").action,
            Action::strip_signatures);
  auto refused = judge(400, R"({"detail":"Unsupported parameter: metadata"})");
  EXPECT_EQ(refused.action, Action::drop_fields);
  EXPECT_EQ(refused.error.message, "Unsupported parameter: metadata");
  EXPECT_EQ(judge(400, R"({"error":{"code":"context_length_exceeded","message":"m"}})").error.code,
            "context_length_exceeded");
  EXPECT_EQ(judge(401, "{}").action, Action::needs_login);
  EXPECT_EQ(judge(403, "{}").action, Action::needs_login);
  auto place = judge(403, R"({"error":{"message":"m","code":"unsupported_country_region_territory"}})");
  EXPECT_EQ(place.action, Action::next_account);
  EXPECT_EQ(place.error.code, "egress_blocked");
  EXPECT_TRUE(place.transient);
  EXPECT_EQ(judge(503, "{}").error.fault, Fault::overloaded);
  EXPECT_EQ(judge(500, "{}").error.fault, Fault::upstream);
  EXPECT_TRUE(judge(500, "{}").transient);
}

std::string_view wire(std::string_view base_url, std::string_view setting, std::string_view model,
                      Origin asked, bool other = false) {
  account::Account account;
  account.credential.base_url = base_url;
  account.credential.wire = setting;
  account.other_wire = other;
  return provider::openai().wire_for(account, provider::unknown_model(model), asked).name;
}

TEST(OpenaiWire, FollowsTheSettingAndElseTheRule) {
  EXPECT_EQ(wire("", "", "gpt-5", Origin::openai_chat), "openai_chat");
  EXPECT_EQ(wire("", "", "gpt-5", Origin::openai_responses), "openai_responses");
  EXPECT_EQ(wire("", "auto", "gpt-5", Origin::anthropic), "openai_responses");
  EXPECT_EQ(wire("", "", "gpt-5-codex", Origin::openai_chat), "openai_responses");
  EXPECT_EQ(wire("", "chat", "gpt-5-codex", Origin::openai_responses), "openai_chat");
  EXPECT_EQ(wire("https://x/v1", "", "m", Origin::openai_responses), "openai_chat");
  EXPECT_EQ(wire("https://x/v1", "auto", "m", Origin::openai_chat, true), "openai_responses");
  EXPECT_EQ(wire("https://x/v1", "responses", "m", Origin::openai_chat), "openai_responses");
}

TEST(OpenaiWire, TheHeadNamesTheEndpoint) {
  account::Account account;
  account.credential.base_url = "https://x/v1";
  account.credential.api_key = "k";
  provider::Model model = provider::unknown_model("m");
  chat::Request request;
  std::string chat, responses;
  provider::openai().head({account, model, request, true, {}, {}, Origin::openai_chat}, chat);
  provider::openai().head({account, model, request, true, {}, {}, Origin::openai_responses}, responses);
  EXPECT_TRUE(chat.starts_with("POST https://x/v1/chat/completions\n")) << chat;
  EXPECT_TRUE(responses.starts_with("POST https://x/v1/responses\n")) << responses;
}

}  // namespace
