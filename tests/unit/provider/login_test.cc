#include "provider/login.h"

#include <gtest/gtest.h>

#include "host/abi.h"

namespace {

using provider::Login;

TEST(Login, SurvivesBetweenTwoSteps) {
  Login login;
  login.method = "device";
  login.values = {{"device_code", "a\"b\n"}, {"region", "eu-central-1"}};
  login.url = "https://login.example/device";
  login.code = "ABCD-EFGH";
  login.message = "Waiting.";
  login.pause_ms = 7000;
  login.expires_ms = 1790000000000;
  Login read;
  ASSERT_TRUE(from_json(to_json(login), read));
  EXPECT_EQ(read.method, login.method);
  EXPECT_EQ(read.values, login.values);
  EXPECT_EQ(read.url, login.url);
  EXPECT_EQ(read.code, login.code);
  EXPECT_EQ(read.message, login.message);
  EXPECT_EQ(read.pause_ms, login.pause_ms);
  EXPECT_EQ(read.expires_ms, login.expires_ms);
  for (const char* text : {"", "[]", "{}", R"({"method":1})"}) EXPECT_FALSE(from_json(text, read)) << text;
}

TEST(Login, FindsTheCodeInWhatAPersonPastes) {
  const struct {
    const char *input, *code;
  } good[] = {
      {"4/0Ab-c", "4/0Ab-c"},
      {"  4/0Ab-c\n", "4/0Ab-c"},
      {"abc#st", "abc"},
      {"http://localhost:1455/auth/callback?code=a%2Fb&scope=x&state=st", "a/b"},
      {"code=abc&state=st", "abc"},
      {"https://page.example/?state=st&code=abc#fragment", "abc"},
  };
  for (const auto& each : good) {
    std::optional<chat::Error> problem;
    EXPECT_EQ(provider::pasted_code(each.input, "st", problem), each.code) << each.input;
    EXPECT_FALSE(problem) << each.input;
  }
  for (const char* bad :
       {"", "  ", "abc#other", "http://localhost/?code=a&state=other",
        "http://localhost/?error=access_denied&state=st", "http://localhost/?code=&state=st"}) {
    std::optional<chat::Error> problem;
    provider::pasted_code(bad, "st", problem);
    EXPECT_TRUE(problem) << bad;
  }
}

TEST(Login, SaysWhoseFaultAFailureIs) {
  chat::Error refused =
      provider::login_failed({400, "", R"({"error":"expired_token"})"}, "The login at X", "expired_token");
  EXPECT_EQ(refused.message, "The login at X failed (HTTP 400): expired_token. Start again.");
  EXPECT_EQ(refused.fault, chat::Fault::invalid_request);
  EXPECT_FALSE(refused.retry);
  chat::Error broken = provider::login_failed({503, "", ""}, "The login at X", "");
  EXPECT_EQ(broken.message,
            "The login at X failed (HTTP 503). That is not your fault: try again in a while.");
  EXPECT_EQ(broken.fault, chat::Fault::upstream);
  EXPECT_TRUE(broken.retry);
  chat::Error away = provider::login_failed({host::kNetwork, "", ""}, "The login at X", "no route.");
  EXPECT_EQ(away.message,
            "The login at X failed (no connection): no route. That is not your fault: try again in a while.");
  EXPECT_TRUE(provider::login_failed({429, "", R"({"message":"slow down"})"}, "It", "").retry);
  EXPECT_TRUE(provider::login_failed({200, "", "<html>Just a moment</html>"}, "It", "").retry);
  EXPECT_TRUE(provider::login_failed({403, "", ""}, "It", "").retry);
  EXPECT_FALSE(provider::login_failed({200, "", R"({"success":false})"}, "It", "").retry);
}

}  // namespace
