#include "config/settings.h"

#include <gtest/gtest.h>

#include "base/sha256.h"

namespace {

class Settings : public testing::Test {
 protected:
  ~Settings() override { config::load("{}"); }
};

TEST_F(Settings, AreRead) {
  EXPECT_EQ(
      config::load(R"({"API_KEY":" one ,two,","ADMIN_KEY":" boss ","CORS_ORIGINS":"https://a, https://b",
    "MAX_BODY_BYTES":"2048","KEEPALIVE_MS":"50","IDLE_MS":"100","ATTEMPTS":"1","SIGNATURE_IN_ID":"true",
    "SOMETHING_ELSE":"x","ACCOUNTS":"[]"})"),
      std::nullopt);
  const config::Settings& settings = config::settings();
  EXPECT_EQ(settings.client_keys, (std::vector<std::string>{base::sha256("one"), base::sha256("two")}));
  EXPECT_EQ(settings.admin_key, base::sha256("boss"));
  EXPECT_EQ(settings.cors_origins, (std::vector<std::string>{"https://a", "https://b"}));
  EXPECT_EQ(settings.max_body, 2048u);
  EXPECT_EQ(settings.keepalive_ms, 50u);
  EXPECT_EQ(settings.idle_ms, 100u);
  EXPECT_EQ(settings.attempts, 1);
  EXPECT_TRUE(settings.signature_in_id);
}

TEST_F(Settings, AreClosedByDefault) {
  config::load("{}");
  EXPECT_TRUE(config::settings().client_keys.empty());
  EXPECT_TRUE(config::settings().admin_key.empty());
  EXPECT_TRUE(config::settings().cors_origins.empty());
  EXPECT_FALSE(config::settings().media_from_private_hosts);
  config::load(R"({"API_KEY":"","ADMIN_KEY":""})");
  EXPECT_TRUE(config::settings().client_keys.empty());
  EXPECT_TRUE(config::settings().admin_key.empty());
}

TEST_F(Settings, NameTheVariableThatIsWrongAndKeepItsDefault) {
  const config::Settings defaults;
  const struct {
    const char *json, *begins;
  } rows[] = {
      {R"({"MAX_BODY_BYTES":"lots"})", "MAX_BODY_BYTES must be a whole number from 1024 to "},
      {R"({"MAX_BODY_BYTES":"1"})", "MAX_BODY_BYTES must be"},
      {R"({"MAX_BODY_BYTES":"99999999999999999999"})", "MAX_BODY_BYTES must be"},
      {R"({"ATTEMPTS":"0"})", "ATTEMPTS must be"},
      {R"({"KEEPALIVE_MS":"-5"})", "KEEPALIVE_MS must be"},
      {R"({"HEALTH_CHECK_MINUTES":"often"})", "HEALTH_CHECK_MINUTES must be a whole number from 0 to "},
      {R"({"HEALTH_CHECK_MINUTES":"{\"kiro\":-1}"})",
       "HEALTH_CHECK_MINUTES of 'kiro' must be a whole number"},
      {R"({"HEALTH_CHECK_MINUTES":"{\"kiro\""})", "HEALTH_CHECK_MINUTES is no valid JSON"},
      {R"({"ACCOUNTS":"{}"})", "ACCOUNTS must be a JSON array"},
      {R"({"ACCOUNTS":"["})", "ACCOUNTS must be a JSON array"},
      {"[]", "The CONFIG message is not a JSON object"},
      {"{", "The CONFIG message is not a JSON object"},
  };
  for (const auto& row : rows) {
    auto problem = config::load(row.json);
    ASSERT_TRUE(problem) << row.json;
    EXPECT_TRUE(problem->starts_with(row.begins)) << *problem;
    EXPECT_EQ(config::settings().max_body, defaults.max_body);
    EXPECT_EQ(config::settings().attempts, defaults.attempts);
    EXPECT_EQ(config::settings().keepalive_ms, defaults.keepalive_ms);
    EXPECT_EQ(config::settings().accounts, "");
    EXPECT_TRUE(config::settings().health_check_minutes.by_name.empty());
  }
}

TEST_F(Settings, TakeMinutesForAllOrByProvider) {
  config::load(R"({"HEALTH_CHECK_MINUTES":" 60 "})");
  EXPECT_EQ(config::settings().health_check_minutes.others, 60u);
  config::load(R"({"HEALTH_CHECK_MINUTES":"{\"kiro\": 720, \"gemini\": 30}"})");
  EXPECT_EQ(config::settings().health_check_minutes.others, 0u);
  EXPECT_EQ(config::settings().health_check_minutes.by_name.at("kiro"), 720u);
  EXPECT_EQ(config::settings().health_check_minutes.by_name.at("gemini"), 30u);
}

}  // namespace
