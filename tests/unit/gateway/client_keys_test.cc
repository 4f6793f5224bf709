// What client keys may do, on the fake host: limits that hold across isolates, and those of one without a
// meter.
#include <gtest/gtest.h>

#include "account/client_key.h"
#include "base/date.h"
#include "base/sha256.h"
#include "base/text.h"
#include "gateway/key_fields.h"
#include "http/head.h"
#include "script/instance.h"
#include "script/objects.h"

namespace {

using fake::Exchange;
using fake::Fetch;
using fake::Instance;
using fake::MeterObject;
using fake::World;

const fake::Environment kEnvironment = {
    {"ADMIN_KEY", "boss"},
    {"ACCOUNTS",
     R"([{"id":"o1","provider":"openai","api_key":"k","base_url":"https://up.example/v1","models":["m","n"]}])"}};

class ClientKeys : public testing::Test {
 protected:
  ClientKeys() {
    world_.on_fetch = [](Exchange&, Fetch& fetch) {
      fetch.answer_whole(
          200, "content-type: application/json\n",
          R"({"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},)"
          R"("finish_reason":"stop"}],"usage":{"prompt_tokens":60,"completion_tokens":40}})");
    };
  }
  ~ClientKeys() override { EXPECT_EQ(world_.violations, std::vector<std::string>{}); }

  void store(std::string_view key, std::string_view record) {
    world_.storage["key:" + base::hex(base::sha256(key))] = record;
  }
  Exchange& ask(Instance& instance, std::string_view key, std::string_view path = "/v1/chat/completions") {
    std::string message = "POST ";
    message.append(path).append("\nauthorization: Bearer ").append(key);
    message +=
        "\n\n{\"model\":\"m\",\"max_tokens\":50,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
    Exchange& exchange = instance.send("client", message);
    world_.settle();
    return exchange;
  }
  static std::string status(const Exchange& exchange) { return exchange.head.substr(0, 3); }
  static std::string header(const Exchange& exchange, std::string_view name) {
    return std::string(http::header(std::string_view(exchange.head).substr(4), name));
  }

  MeterObject meter_;
  World world_;
};

TEST_F(ClientKeys, RequestsAMinuteHoldAcrossInstances) {
  fake::bind(world_, meter_);
  store("limited", R"({"name":"bot","requests_per_minute":3})");
  Instance one(world_, kEnvironment), two(world_, kEnvironment);
  EXPECT_EQ(status(ask(one, "limited")), "200");
  EXPECT_EQ(status(ask(two, "limited")), "200");
  world_.now_ms += 20'000;
  EXPECT_EQ(status(ask(one, "limited")), "200");
  Exchange& over = ask(two, "limited");
  EXPECT_EQ(status(over), "429");
  EXPECT_EQ(header(over, "retry-after"), "40");
  EXPECT_EQ(header(over, "x-should-retry"), "");
  EXPECT_NE(over.body.find("3 requests a minute"), std::string::npos) << over.body;
  EXPECT_NE(
      ask(one, "limited", "/v1/messages").body.find(R"({"type":"error","error":{"type":"rate_limit_error")"),
      std::string::npos);
  world_.now_ms += 40'000;
  EXPECT_EQ(status(ask(two, "limited")), "200");
}

TEST_F(ClientKeys, TokensADayHoldUntilMidnightInUtc) {
  fake::bind(world_, meter_);
  store("limited", R"({"name":"bot","tokens_per_day":150})");
  Instance one(world_, kEnvironment), two(world_, kEnvironment);
  EXPECT_EQ(status(ask(one, "limited")), "200");  // 100 tokens
  EXPECT_EQ(status(ask(two, "limited")), "200");  // 200: it was not known before
  Exchange& over = ask(one, "limited");
  EXPECT_EQ(status(over), "429");
  EXPECT_EQ(header(over, "retry-after"), "57600");  // it is 08:00
  EXPECT_EQ(header(over, "x-should-retry"), "false");
  EXPECT_NE(over.body.find("150 tokens a day"), std::string::npos) << over.body;
  world_.now_ms += 57'600'000;
  EXPECT_EQ(status(ask(one, "limited")), "200");
}

TEST_F(ClientKeys, WhatAKeyHasSpentGoesWithIt) {
  fake::bind(world_, meter_);
  store("limited", R"({"name":"bot","requests_per_minute":3})");
  std::string id = base::hex(base::sha256("limited")).substr(0, 12);
  Instance instance(world_, kEnvironment);
  EXPECT_EQ(status(ask(instance, "limited")), "200");
  EXPECT_TRUE(meter_.keys.contains(id));
  Exchange& rotated =
      instance.send("rotate", "POST /admin/keys/" + id + "/rotate\nauthorization: Bearer boss\n\n");
  world_.settle();
  EXPECT_EQ(status(rotated), "201");
  EXPECT_FALSE(meter_.keys.contains(id));
}

TEST_F(ClientKeys, WithoutLimitsNobodyIsAsked) {
  fake::bind(world_, meter_);
  store("free", "a friend");
  Instance instance(world_, kEnvironment);
  EXPECT_EQ(status(ask(instance, "free")), "200");
  EXPECT_EQ(meter_.asked, 0);
}

TEST_F(ClientKeys, WithoutAMeterEachInstanceCountsForItself) {
  store("limited", R"({"name":"bot","requests_per_minute":1,"tokens_per_day":150})");
  Instance one(world_, kEnvironment), two(world_, kEnvironment);
  EXPECT_EQ(status(ask(one, "limited")), "200");
  EXPECT_EQ(header(ask(one, "limited"), "retry-after"), "60");
  EXPECT_EQ(status(ask(two, "limited")), "200");
  world_.now_ms += 60'000;
  EXPECT_EQ(status(ask(one, "limited")), "200");
  EXPECT_EQ(header(ask(one, "limited"), "retry-after"), "57540");
  Exchange& health = one.send("health", "GET /health\nauthorization: Bearer boss\n\n");
  world_.settle();
  EXPECT_NE(health.body.find(
                "Without the binding METER the limits of client keys hold for each instance by itself."),
            std::string::npos)
      << health.body;
}

TEST_F(ClientKeys, AMeterThatFailsLeavesTheCountingToTheInstance) {
  fake::bind(world_, meter_);
  meter_.mood = fake::Mood::fails;
  store("limited", R"({"name":"bot","requests_per_minute":1})");
  Instance instance(world_, kEnvironment);
  EXPECT_EQ(status(ask(instance, "limited")), "200");
  EXPECT_EQ(status(ask(instance, "limited")), "429");
}

TEST(KeyFields, SayWhatIsWrong) {
  const struct {
    const char *body, *param;
  } rows[] = {
      {"[]", ""},
      {"{\"name\":7}", "name"},
      {"{\"name\":\"\"}", "name"},
      {"{\"requests\":1}", "requests"},
      {"{\"expires\":\"soon\"}", "expires"},
      {"{\"expires\":\"2020-01-01\"}", "expires"},
      {"{\"expires\":5}", "expires"},
      {"{\"providers\":\"openai\"}", "providers"},
      {"{\"providers\":[\"openai\",\"nobody\"]}", "providers[1]"},
      {"{\"models\":[\"a*b\"]}", "models[0]"},
      {"{\"models\":[7]}", "models[0]"},
      {"{\"requests_per_minute\":0}", "requests_per_minute"},
      {"{\"requests_per_minute\":1.5}", "requests_per_minute"},
      {"{\"requests_per_minute\":\"9\"}", "requests_per_minute"},
      {"{\"tokens_per_day\":-1}", "tokens_per_day"},
  };
  for (const auto& row : rows) {
    account::ClientKey key;
    auto problem = gateway::read_key_fields(row.body, 1'800'000'000'000, key);
    ASSERT_TRUE(problem) << row.body;
    EXPECT_EQ(problem->param, row.param) << row.body;
    EXPECT_EQ(chat::status_of(*problem), 400);
  }
  account::ClientKey key;
  key.tokens_per_day = 9;
  EXPECT_FALSE(gateway::read_key_fields(
      R"({"name":"n","expires":"2027-02-01","providers":["google"],"models":["a*"],"requests_per_minute":5,"tokens_per_day":null,"grace_seconds":1})",
      1'800'000'000'000, key, "grace_seconds"));
  EXPECT_EQ(key.providers, std::vector<std::string>{"gemini"});
  EXPECT_EQ(key.expires_ms, *base::to_ms("2027-02-01"));
  EXPECT_EQ(key.requests_per_minute, 5);
  EXPECT_EQ(key.tokens_per_day, 0);
}

}  // namespace
