// The verdict on every failure of Anthropic's API, and what is known of its models.
#include "provider/anthropic/anthropic.h"

#include <gtest/gtest.h>

#include "host/abi.h"
#include "provider/anthropic/judge.h"

namespace {

using provider::Verdict;
using Action = Verdict::Action;
using chat::Fault;

constexpr int64_t kNow = 1'800'000'000'000;

std::string error(std::string_view type, std::string_view message) {
  return R"({"type":"error","error":{"type":")" + std::string(type) + R"(","message":")" +
         std::string(message) + R"("},"request_id":"req_1"})";
}

TEST(Anthropic, JudgesEveryFailure) {
  const struct {
    uint32_t status;
    std::string body, headers;
    Action action;
    Fault fault;
    int64_t rest_ms;  // next_account: for how long
  } cases[] = {
      {400, error("invalid_request_error", "max_tokens: Field required"), "", Action::fatal,
       Fault::upstream_refused, 0},
      {400, error("invalid_request_error", "prompt is too long: 9 tokens > 8 maximum"), "", Action::fatal,
       Fault::upstream_refused, 0},
      {400, error("invalid_request_error", "messages.1.content.0: Invalid `signature` in `thinking` block"),
       "", Action::strip_signatures, Fault::upstream_refused, 0},
      {400,
       error("invalid_request_error",
             "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`"),
       "", Action::strip_signatures, Fault::upstream_refused, 0},
      {400, error("invalid_request_error", "Your credit balance is too low to access the Anthropic API."), "",
       Action::next_account, Fault::no_account, 3'600'000},
      {400, error("invalid_request_error", "This organization has been disabled."), "", Action::quarantine,
       Fault::forbidden, 0},
      {401, error("authentication_error", "invalid x-api-key"), "", Action::needs_login, Fault::no_account,
       0},
      {402, error("billing_error", "pay"), "", Action::next_account, Fault::no_account, 3'600'000},
      {403, R"({"error":{"type":"forbidden","message":"Request not allowed"}})", "", Action::fatal,
       Fault::upstream, 0},
      {403, error("permission_error", "no"), "", Action::next_account, Fault::no_account, 600'000},
      {404, error("not_found_error", "model: x"), "", Action::next_account, Fault::not_found, 43'200'000},
      {404,
       R"({"type":"error","error":{"type":"not_found_error","message":"x","details":{"error_code":"thread_not_found"}}})",
       "", Action::fatal, Fault::upstream_refused, 0},
      {413, error("request_too_large", "big"), "", Action::fatal, Fault::too_large, 0},
      {422, error("invalid_request_error", "x"), "", Action::fatal, Fault::upstream_refused, 0},
      {429, error("rate_limit_error", "slow"), "retry-after: 2\n", Action::retry_here, Fault::rate_limited,
       0},
      {429, error("rate_limit_error", "slow"), "retry-after: 40\n", Action::next_account, Fault::rate_limited,
       40'000},
      {429, error("rate_limit_error", "slow"), "retry-after: 7200\n", Action::next_account,
       Fault::quota_exhausted, 7'200'000},
      {429, error("rate_limit_error", "slow"),
       "anthropic-ratelimit-requests-remaining: 5\nanthropic-ratelimit-requests-reset: 2027-01-15T09:00:00Z\n"
       "anthropic-ratelimit-tokens-remaining: 0\nanthropic-ratelimit-tokens-reset: 2027-01-15T08:00:30Z\n",
       Action::next_account, Fault::rate_limited, 30'000},
      {429, error("rate_limit_error", "slow"), "anthropic-ratelimit-unified-reset: 1800003600\n",
       Action::next_account, Fault::quota_exhausted, 3'600'000},
      {429, "", "", Action::next_account, Fault::rate_limited, 20'000},
      {529, error("overloaded_error", "Overloaded"), "", Action::retry_here, Fault::overloaded, 0},
      {500, error("api_error", "Internal server error"), "", Action::retry_here, Fault::upstream, 0},
      {504, error("timeout_error", "late"), "", Action::retry_here, Fault::upstream, 0},
      {502, "<html>", "", Action::retry_here, Fault::upstream, 0},
      {host::kNetwork, "", "", Action::retry_here, Fault::upstream, 0},
  };
  for (const auto& c : cases) {
    Verdict verdict = provider::anthropic_errors::judge(c.status, c.headers, c.body, kNow);
    EXPECT_EQ(verdict.action, c.action) << c.status << c.body;
    EXPECT_EQ(verdict.error.fault, c.fault) << c.status << c.body;
    EXPECT_FALSE(verdict.error.message.empty());
    if (c.action == Action::next_account) EXPECT_EQ(verdict.until_ms, kNow + c.rest_ms) << c.status << c.body;
    if (c.fault == Fault::upstream_refused && c.action == Action::fatal) {
      EXPECT_EQ(verdict.error.status, int(c.status));
    }
  }
}

provider::Model named(std::string_view name) {
  const provider::Model* known = provider::find_model(provider::anthropic(), name);
  return known ? *known : provider::unknown_model(name);
}

TEST(Anthropic, KnowsHowAModelThinksByTheBeginningOfItsName) {
  const struct {
    std::string_view name, thinking;
    bool off, sampling, prefill;
    int64_t max_output;
  } cases[] = {
      {"claude-opus-5-5", "adaptive", false, false, false, 128'000},
      {"claude-opus-5-5-20260922", "adaptive", false, false, false, 128'000},
      {"claude-opus-5", "adaptive", true, false, false, 128'000},
      {"claude-sonnet-5-5", "between_tools", true, false, false, 128'000},
      {"claude-sonnet-4-6", "adaptive", true, true, false, 64'000},
      {"claude-haiku-4-5-20251001", "budget", true, true, true, 64'000},
      {"claude-saga-9", "adaptive", false, false, false, 0},
      {"kimi-k9", "budget", true, true, true, 0},
  };
  account::Account account;
  for (const auto& c : cases) {
    provider::Model model = named(c.name);
    protocol::Target target = provider::anthropic().target(account, model);
    EXPECT_EQ(target.thinking, c.thinking) << c.name;
    EXPECT_EQ(target.thinking_can_be_off, c.off) << c.name;
    EXPECT_EQ(target.sampling, c.sampling) << c.name;
    EXPECT_EQ(target.prefill, c.prefill) << c.name;
    EXPECT_EQ(target.max_output, c.max_output) << c.name;
  }
  EXPECT_TRUE(provider::anthropic().claims("claude-saga-9"));
  EXPECT_FALSE(provider::anthropic().claims("gpt-9"));
}

TEST(Anthropic, SendsTheKeyAndTheVersion) {
  account::Account account;
  account.credential.api_key = "sk";
  chat::Request request;
  provider::Model model = named("claude-opus-5-5");
  auto head = [&](std::string_view base, std::string_view forwarded) {
    account.credential.base_url = base;
    std::string out;
    provider::anthropic().head({account, model, request, true, "1", forwarded}, out);
    return out;
  };
  EXPECT_EQ(head("", ""),
            "POST https://api.anthropic.com/v1/messages\ncontent-type: application/json\n"
            "anthropic-version: 2023-06-01\nx-api-key: sk\n\n");
  EXPECT_EQ(
      head("https://relay.example/v1", "anthropic-version: 2026-10-21\nanthropic-beta: a,b\n"),
      "POST https://relay.example/v1/messages\ncontent-type: application/json\n"
      "anthropic-version: 2026-10-21\nanthropic-beta: a,b\nx-api-key: sk\nauthorization: Bearer sk\n\n");
}

}  // namespace
