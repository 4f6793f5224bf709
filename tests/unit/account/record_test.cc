#include <gtest/gtest.h>

#include "account/account.h"

namespace {

using account::Credential;

TEST(Record, KeepsEveryMember) {
  const char* text =
      R"({"id":"c1","provider":"gemini-cli","label":"mine","base_url":"https://relay.example","api_key":"k",)"
      R"("access_token":"a","refresh_token":"r","client_id":"ci","client_secret":"cs",)"
      R"("token_url":"https://t.example","project":"p","expires_ms":1800000000000,"models":["m1","m2"]})";
  Credential credential;
  std::string problem;
  ASSERT_TRUE(account::from_json(text, credential, problem)) << problem;
  EXPECT_EQ(account::to_json(credential), text);
}

TEST(Record, LeavesOutWhatIsEmpty) {
  Credential credential;
  EXPECT_EQ(account::to_json(credential), "{}");
  std::string problem;
  ASSERT_TRUE(account::from_json(R"({"base_url":"https://x.example///","label":null,"novelty":1})",
                                 credential, problem));
  EXPECT_EQ(account::to_json(credential), R"({"base_url":"https://x.example"})");
}

TEST(Record, SaysWhatIsWrong) {
  for (const char* bad :
       {"", "[]", "{", R"({"id":5})", R"({"models":"m"})", R"({"models":[1]})", R"({"expires_ms":"soon"})",
        R"({"expires_ms":1.5})", R"({"api_key":"a\nx-evil: 1"})", R"({"base_url":"https://x\u0000"})"}) {
    Credential credential;
    std::string problem;
    EXPECT_FALSE(account::from_json(bad, credential, problem)) << bad;
    EXPECT_TRUE(problem.ends_with('.')) << bad << ": " << problem;
  }
}

TEST(Record, TagsTellAccountsApartAndGiveNothingAway) {
  Credential one, other;
  one.id = "c1", other.id = "c2";
  one.refresh_token = other.refresh_token = "secret";
  EXPECT_EQ(account::tag_of(one).size(), 8u);
  EXPECT_NE(account::tag_of(one), account::tag_of(other));
  EXPECT_EQ(account::tag_of(one), account::tag_of(Credential(one)));
}

TEST(Record, SecretsAreBlottedOut) {
  Credential credential;
  credential.api_key = "key-12345678";
  credential.access_token = "token-12345678";
  std::string text = "Incorrect API key provided: key-12345678. Not token-12345678 either.";
  account::redact(credential, text);
  EXPECT_EQ(text.find("12345678"), text.npos) << text;
}

}  // namespace
