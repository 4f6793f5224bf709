#include <gtest/gtest.h>

#include <vector>

#include "base/sha256.h"
#include "base/text.h"
#include "provider/google/errors.h"

namespace {

using provider::Verdict;
using Action = Verdict::Action;

Verdict judge(uint32_t status, std::string_view body, bool key = false) {
  return provider::google::judge(status, "", body, 1'000'000, key);
}

TEST(Google, ReadsDurations) {
  EXPECT_EQ(provider::google::duration_ms("161h39m41.3s"), 581'981'300);
  EXPECT_EQ(provider::google::duration_ms("0.539477544s"), 539);
  EXPECT_EQ(provider::google::duration_ms("900.2ms"), 900);
  for (const char* bad : {"", "s", "5", "5x", "h5"}) EXPECT_EQ(provider::google::duration_ms(bad), -1) << bad;
}

std::string error(std::string_view message, std::string_view reason = {}, std::string_view more = {}) {
  std::string body = R"({"error":{"message":")" + std::string(message) + R"(","details":[)";
  if (!reason.empty()) {
    body += R"({"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":")" + std::string(reason) +
            R"(","domain":"cloudcode-pa.googleapis.com"})";
  }
  if (!reason.empty() && !more.empty()) body += ',';
  return body.append(more) + "]}}";
}

TEST(Google, ReadsTimestamps) {
  EXPECT_EQ(provider::google::timestamp_ms("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(provider::google::timestamp_ms("2025-12-18T20:18:34Z"), 1'766'089'114'000);
  EXPECT_EQ(provider::google::timestamp_ms("2024-02-29T23:59:59.5Z"), 1'709'251'199'000);
  for (const char* bad :
       {"", "2025-12-18", "2025-12-18T20:18:34", "2025/12/18T20:18:34Z", "x025-12-18T20:18:34Z"})
    EXPECT_EQ(provider::google::timestamp_ms(bad), -1) << bad;
}

struct Case {
  uint32_t status;
  std::string body;
  Action action;
  std::string_view code;
};
void expect(const std::vector<Case>& cases, bool key) {
  for (const Case& c : cases) {
    Verdict verdict = judge(c.status, c.body, key);
    EXPECT_EQ(int(verdict.action), int(c.action)) << c.status << c.body;
    EXPECT_EQ(verdict.error.code, c.code) << c.status << c.body;
    EXPECT_FALSE(verdict.error.message.empty());
  }
}

TEST(Google, JudgesFailuresOfALogin) {
  expect(
      {
          {400, error("Bad field"), Action::fatal, ""},
          {400, error("User location is not supported for the API use."), Action::fatal,
           "upstream_region_blocked"},
          {400, error("Invalid project resource name projects/"), Action::rediscover,
           "upstream_project_invalid"},
          {400, error("Corrupted thought signature."), Action::strip_signatures, "thought_signature"},
          {400, error("Function call is missing a thought_signature in functionCall parts"),
           Action::strip_signatures, "thought_signature"},
          {401, error("no"), Action::refresh, "upstream_token_invalid"},
          {403, error("Gemini has been disabled in this account for violation of Terms of Service"),
           Action::quarantine, "account_suspended"},
          {403, error("Verify", "VALIDATION_REQUIRED"), Action::needs_login, "validation_required"},
          {403, error("denied (#3501)"), Action::rediscover, "subscription_required"},
          {403, error("no licence", "SUBSCRIPTION_REQUIRED"), Action::rediscover, "subscription_required"},
          {403, error("denied", "CONSUMER_INVALID"), Action::rediscover, "upstream_project_invalid"},
          {403, error("The caller does not have permission"), Action::rediscover, "upstream_project_invalid"},
          {400,
           error(R"(Invalid JSON payload received. Unknown name \"x\" at 'request': Cannot find field.)"),
           Action::drop_fields, "unknown_field"},
          {403, error("too young", "RESTRICTED_AGE"), Action::needs_login, "account_ineligible"},
          {403, error("API off", "SERVICE_DISABLED"), Action::needs_login, "service_disabled"},
          {403, error("something else"), Action::next_account, "upstream_forbidden"},
          {404, error("Requested entity was not found."), Action::next_account, "model_not_found"},
          {405, error("no"), Action::fatal, ""},
          {413, error("large"), Action::fatal, ""},
          {408, "", Action::retry_here, "upstream_error"},
          {499, "", Action::retry_here, "upstream_error"},
          {500, error("Internal error encountered."), Action::retry_here, "upstream_error"},
          {502, "<html>", Action::retry_here, "upstream_error"},
          {504, "", Action::retry_here, "upstream_error"},
          {599, "", Action::retry_here, "upstream_error"},
          {503, error("The model is overloaded."), Action::retry_here, "upstream_capacity_exhausted"},
          {503, error("come back"), Action::retry_here, "upstream_unavailable"},
          {429, error("No capacity", "MODEL_CAPACITY_EXHAUSTED"), Action::retry_here,
           "upstream_capacity_exhausted"},
          {429, error("slow down. Please retry in 0.9s."), Action::retry_here, "rate_limit_exceeded"},
          {429, error("Please retry in 44.09s."), Action::next_account, "rate_limit_exceeded"},
          {429, error("Resource has been exhausted (e.g. check quota)."), Action::next_account,
           "rate_limit_exceeded"},
          {429, error("gone", "QUOTA_EXHAUSTED"), Action::next_account, "quota_exhausted"},
          {429, error("gone", "INSUFFICIENT_G1_CREDITS_BALANCE"), Action::next_account, "quota_exhausted"},
          {429, error("Your quota will reset after 161h39m41s."), Action::next_account, "quota_exhausted"},
      },
      false);
}

TEST(Google, JudgesFailuresOfAKey) {
  expect(
      {
          {400, error("API key not valid. Please pass a valid API key.", "API_KEY_INVALID"),
           Action::needs_login, "upstream_key_invalid"},
          {400, error("API key expired", "API_KEY_INVALID"), Action::needs_login, "upstream_key_invalid"},
          {400,
           R"({"error":{"message":"The free tier is not available in your country. Please enable billing","status":"FAILED_PRECONDITION"}})",
           Action::next_account, "upstream_billing"},
          {401, "", Action::needs_login, "upstream_key_invalid"},
          {403, error("Your API key was reported as leaked."), Action::needs_login, "upstream_key_invalid"},
          {403, error("Requests from referer are blocked.", "API_KEY_HTTP_REFERRER_BLOCKED"),
           Action::needs_login, "upstream_key_invalid"},
          {429, error("You exceeded your current quota, limit: 0"), Action::next_account, "quota_exhausted"},
      },
      true);
}

TEST(Google, ReadsWhatAnErrorNames) {
  auto read = [](std::string_view body) { return provider::google::read_status(body); };
  auto unknown =
      read(
          R"({"error":{"message":"Invalid JSON payload received. Unknown name \"topK\" at 'request.generation_config': )"
          R"(Cannot find field.\nInvalid JSON payload received. Unknown name \"foo\": Cannot find field."}})")
          .unknown;
  EXPECT_EQ(unknown, "request.generation_config\ntopK\n\nfoo\n");
  EXPECT_EQ(
      read(R"({"error":{"message":"a,]","details":[{" @type":"x/ErrorInfo","reason":"R",},],},})").reason,
      "R");
  EXPECT_EQ(read(R"({"error":{"message":"a,]",}})").message, "a,]");
  EXPECT_EQ(read(R"({"error":{"message":"a" "b"}})").message, "");
}

TEST(Google, CreditsMayPayForALoginsQuota) {
  EXPECT_TRUE(judge(429, error("gone", "QUOTA_EXHAUSTED")).payable);
  EXPECT_FALSE(judge(429, error("gone", "QUOTA_EXHAUSTED"), true).payable);
  EXPECT_FALSE(judge(429, error("slow", "RATE_LIMIT_EXCEEDED")).payable);
}

TEST(Google, KnowsWhenAQuotaComesBack) {
  const int64_t now = 1'000'000;
  auto until = [](const std::string& body, bool key = false) { return judge(429, body, key).until_ms; };
  EXPECT_EQ(until(R"([{"error":{"message":"Please retry in 44.09s."}}])"), now + 44'090);
  EXPECT_EQ(until(R"({"error":{"message":"{\"error\":{\"message\":\"reset after 1m1s.\"}}"}})"),
            now + 61'000);
  EXPECT_EQ(until(error("slow", "RATE_LIMIT_EXCEEDED")), now + 10'000);
  EXPECT_EQ(until(error("bare")), now + 60'000);
  const char* reset =
      R"({"@type":"a/google.rpc.ErrorInfo","reason":"QUOTA_EXHAUSTED","metadata":{"quotaResetTimeStamp":"1970-01-01T02:00:00Z"}})";
  EXPECT_EQ(until(error("gone", {}, reset)), 7'200'000);
  const char* quotas =
      R"({"@type":"a/google.rpc.QuotaFailure","violations":[{"quotaId":"RequestsPerDayPerProject"},{"quotaId":"RequestsPerMinute"}]},)"
      R"({"@type":"a/google.rpc.RetryInfo","retryDelay":"54s"})";
  EXPECT_EQ(until(error("daily", {}, quotas), true), 8 * 3600'000) << "midnight in California";
  EXPECT_EQ(judge(429, error("daily", {}, quotas), true).error.code, "quota_exhausted");
}

TEST(Base, HashesAndCodes) {
  EXPECT_EQ(base::hex(base::sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(base::hex(base::sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (std::string text : {"", "f", "fo", "foo", "\xff\xfe\x00"}) {
    EXPECT_EQ(base::base64_decode(base::base64(text)), text);
    EXPECT_EQ(base::base64_decode(base::base64_url(text)), text);
    EXPECT_EQ(base::url_decode(base::url_encode(text)), text);
  }
  EXPECT_EQ(base::number_to_int("1e3"), 1000);
  EXPECT_EQ(base::number_to_int("4096.0"), 4096);
  EXPECT_FALSE(base::to_int("12x"));
  EXPECT_TRUE(base::equals_in_constant_time("abc", "abc"));
  EXPECT_FALSE(base::equals_in_constant_time("abc", "abd"));
}

}  // namespace
