#include <gtest/gtest.h>

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

TEST(Google, JudgesEveryClassOfFailure) {
  const struct {
    uint32_t status;
    std::string_view body;
    Action action;
  } rows[] = {
      {400, R"({"error":{"code":400,"message":"Bad field","status":"INVALID_ARGUMENT"}})", Action::fatal},
      {400,
       R"({"error":{"message":"User location is not supported for the API use.","status":"FAILED_PRECONDITION"}})",
       Action::fatal},
      {400, R"({"error":{"message":"Invalid project resource name projects/"}})", Action::rediscover},
      {400, R"({"error":{"message":"Corrupted thought signature."}})", Action::strip_signatures},
      {401, R"({"error":{"status":"UNAUTHENTICATED"}})", Action::refresh},
      {403,
       R"({"error":{"message":"x has been disabled in this account for violation of Terms of Service"}})",
       Action::quarantine},
      {403, R"({"error":{"details":[{"@type":"a/google.rpc.ErrorInfo","reason":"VALIDATION_REQUIRED"}]}})",
       Action::needs_login},
      {403, R"x({"error":{"message":"denied (#3501)"}})x", Action::rediscover},
      {404, R"({"error":{"status":"NOT_FOUND"}})", Action::next_account},
      {429, R"({"error":{"message":"Please retry in 44.09s."}})", Action::next_account},
      {500, "", Action::next_account},
      {503, R"({"error":{"message":"The model is overloaded."}})", Action::retry_here},
      {502, "<html>", Action::next_account},
      {599, "", Action::next_account},
  };
  for (const auto& row : rows)
    EXPECT_EQ(int(judge(row.status, row.body).action), int(row.action)) << row.status << row.body;
  EXPECT_EQ(int(judge(401, "", true).action), int(Action::needs_login));
  EXPECT_EQ(judge(429, R"([{"error":{"message":"Please retry in 44.09s."}}])").until_ms, 1'044'090);
  EXPECT_EQ(judge(429, R"({"error":{"message":"{\"error\":{\"message\":\"reset after 1m1s.\"}}"}})").until_ms,
            1'061'000);
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
