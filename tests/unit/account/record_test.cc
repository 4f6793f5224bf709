#include <gtest/gtest.h>

#include "account/account.h"

namespace {

using account::Credential;

TEST(Record, KeepsEveryMember) {
  const char* text =
      R"({"id":"c1","provider":"gemini-cli","label":"mine","base_url":"https://relay.example","api_key":"k",)"
      R"("access_token":"a","refresh_token":"r","client_id":"ci","client_secret":"cs",)"
      R"("token_url":"https://t.example","project":"p","expires_ms":1800000000000,"models":["m1","m2"],)"
      R"("weight":3,"priority":-1,"max_concurrent":2,"min_interval_ms":500})";
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
  for (const char* bad : {"",
                          "[]",
                          "{",
                          R"({"id":5})",
                          R"({"models":"m"})",
                          R"({"models":[1]})",
                          R"({"expires_ms":"soon"})",
                          R"({"expires_ms":1.5})",
                          R"({"api_key":"a\nx-evil: 1"})",
                          R"({"base_url":"https://x\u0000"})",
                          R"({"weight":0})",
                          R"({"weight":"2"})",
                          R"({"weight":1.5})",
                          R"({"priority":1001})",
                          R"({"max_concurrent":-1})",
                          R"({"min_interval_ms":60001})",
                          R"({"models":[""]})",
                          R"({"models":["-"]})",
                          R"({"models":["a*b"]})",
                          R"({"models":["a\u0001"]})"}) {
    Credential credential;
    std::string problem;
    EXPECT_FALSE(account::from_json(bad, credential, problem)) << bad;
    EXPECT_TRUE(problem.ends_with('.')) << bad << ": " << problem;
  }
}

TEST(Record, SettingsAloneCanBeChanged) {
  auto change = [](std::string_view json, Credential& credential) {
    json::Document document;
    EXPECT_EQ(document.parse(json), json::Error::none);
    return account::read_preferences(document.root(), true, credential);
  };
  Credential credential;
  credential.models = {"m"};
  EXPECT_EQ(change(R"({"weight":5,"models":["a*","-ab"],"label":"mine"})", credential), std::nullopt);
  EXPECT_EQ(credential.preferences.weight, 5);
  EXPECT_EQ(credential.models, (std::vector<std::string>{"a*", "-ab"}));
  EXPECT_EQ(change(R"({"weight":null,"models":null})", credential), std::nullopt);
  EXPECT_EQ(credential.preferences.weight, 1);
  EXPECT_TRUE(credential.models.empty());
  EXPECT_EQ(credential.label, "mine");
  auto problem = change(R"({"api_key":"k"})", credential);
  ASSERT_TRUE(problem);
  EXPECT_TRUE(problem->starts_with("'api_key' cannot be changed here.")) << *problem;
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
