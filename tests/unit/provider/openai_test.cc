#include "provider/openai/openai.h"

#include <gtest/gtest.h>

#include "host/abi.h"

namespace {

using provider::Verdict;
using Action = Verdict::Action;

Verdict judge(uint32_t status, std::string_view body, std::string_view headers = "") {
  return provider::openai().judge(status, headers, body, {}, 1'000'000);
}

TEST(OpenAi, JudgesEveryClassOfFailure) {
  const struct {
    uint32_t status;
    const char* body;
    Action action;
    chat::Fault fault;
  } rows[] = {
      {400, R"({"error":{"message":"bad"}})", Action::fatal, chat::Fault::upstream_refused},
      {401, R"({"error":{"message":"bad key"}})", Action::needs_login, chat::Fault::no_account},
      {404, R"({"error":{"message":"no model"}})", Action::fatal, chat::Fault::upstream_refused},
      {422, R"({"detail":"x"})", Action::fatal, chat::Fault::upstream_refused},
      {429, R"({"error":{"message":"slow down"}})", Action::next_account, chat::Fault::rate_limited},
      {429, R"({"error":{"code":"insufficient_quota"}})", Action::next_account, chat::Fault::quota_exhausted},
      {408, "", Action::next_account, chat::Fault::upstream},
      {500, "", Action::next_account, chat::Fault::upstream},
      {502, "<html>", Action::next_account, chat::Fault::upstream},
      {host::kNetwork, "", Action::next_account, chat::Fault::upstream},
  };
  for (const auto& row : rows) {
    Verdict verdict = judge(row.status, row.body);
    EXPECT_EQ(int(verdict.action), int(row.action)) << row.status << row.body;
    EXPECT_EQ(int(verdict.error.fault), int(row.fault)) << row.status << row.body;
    EXPECT_FALSE(verdict.error.message.empty());
    EXPECT_EQ(verdict.error.message.find('<'), std::string::npos);
  }
}

TEST(OpenAi, ReadsTheCommonShapesOfErrors) {
  EXPECT_EQ(judge(400, R"({"error":{"message":"a","code":"c"}})").error.message, "a");
  EXPECT_EQ(judge(400, R"({"error":{"message":"a","code":"c"}})").error.code, "c");
  EXPECT_EQ(judge(400, R"({"error":"b"})").error.message, "b");
  EXPECT_EQ(judge(400, R"({"message":"d"})").error.message, "d");
  EXPECT_EQ(judge(418, "teapot").error.message, "The upstream answered with HTTP 418 and no usable reason.");
}

TEST(OpenAi, NamesTheFieldsThatTheUpstreamDoesNotTake) {
  const struct {
    uint32_t status;
    std::string_view body, fields;
  } rows[] = {
      {400, R"({"error":{"message":"Unsupported parameter: 'top_p' is not supported with this model."}})",
       "\ntop_p\n"},
      {400, R"({"error":{"message":"Unsupported parameter: reasoning.effort."}})", "reasoning\neffort\n"},
      {400,
       R"({"error":{"message":"Only the default (1) value is supported.","code":"unsupported_value","param":"temperature"}})",
       "\ntemperature\n"},
      {400, R"({"error":{"message":"'low' is not.","code":"unsupported_value","param":"text.verbosity"}})",
       ""},
      {422,
       R"({"detail":[{"type":"extra_forbidden","loc":["body","max_completion_tokens"]},{"type":"missing","loc":["body","seed"]}]})",
       "\nmax_completion_tokens\n"},
      {400, R"({"error":{"message":"no","code":"unsupported_parameter","param":"messages[0].name"}})", ""},
      {400, R"({"error":{"message":"no","code":"unsupported_parameter","param":"model"}})", ""},
      {400, R"({"error":{"message":"no","code":"invalid_value","param":"temperature"}})", ""},
      {422, R"({"detail":[{"type":"extra_forbidden","loc":["body","messages",0,"name"]}]})", ""},
  };
  for (const auto& row : rows) {
    Verdict verdict = judge(row.status, row.body);
    EXPECT_EQ(verdict.fields, row.fields) << row.body;
    EXPECT_EQ(verdict.action == Verdict::Action::drop_fields, !row.fields.empty()) << row.body;
  }
}

TEST(OpenAi, RestsAsLongAsTheUpstreamSays) {
  EXPECT_EQ(judge(429, "{}", "retry-after: 7\n").until_ms, 1'007'000);
  EXPECT_EQ(judge(429, "{}", "retry-after: 7\n").error.retry_after, 7);
  EXPECT_EQ(judge(429, "{}").until_ms, 1'020'000);
  Verdict spent = judge(429, R"({"error":{"type":"insufficient_quota"}})");
  EXPECT_EQ(spent.until_ms, 1'000'000 + 3600'000);
  EXPECT_EQ(int(spent.scope), int(Verdict::Scope::account));
  EXPECT_FALSE(spent.error.retry);
  EXPECT_TRUE(judge(500, "").transient);
}

}  // namespace
