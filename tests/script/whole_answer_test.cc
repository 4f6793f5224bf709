// An answer that is wanted whole is not read piece by piece: each piece would wake the core for nothing.
#include <gtest/gtest.h>

#include "script/instance.h"

namespace {

using fake::Exchange;
using fake::Fetch;
using fake::Instance;
using fake::World;

std::string event(const std::string& text, const char* more = "") {
  return R"(data: {"candidates":[{"content":{"parts":[{"text":")" + text + "\"}]}" + more + "}]}\n\n";
}
const std::string kLast = event(" there", R"(,"finishReason":"STOP")");

class WholeAnswer : public testing::Test {
 protected:
  WholeAnswer()
      : instance_(world_, {{"API_KEY", "sesame"},
                           {"ATTEMPTS", "1"},
                           {"ACCOUNTS", R"([{"id":"g","provider":"gemini","api_key":"k"}])"}}) {
    world_.on_fetch = [](Exchange&, Fetch& fetch) { fetch.answer(200, "content-type: text/event-stream\n"); };
  }
  ~WholeAnswer() override { EXPECT_EQ(world_.violations, std::vector<std::string>{}); }

  Exchange& ask(const char* more) {
    Exchange& client = instance_.send(
        "client", std::string("POST /v1/chat/completions\nauthorization: Bearer sesame\n\n") +
                      R"({"model":"gemini-2.5-flash","messages":[{"role":"user","content":"Hi"}])" + more +
                      "}");
    world_.settle();
    return client;
  }
  // What comes from the upstream; true if the core heard of it.
  bool hears(Exchange& client, const std::string& bytes) {
    uint64_t before = world_.completions;
    client.fetch()->chunk(bytes);
    world_.settle();
    return world_.completions != before;
  }

  World world_;
  Instance instance_;
};

TEST_F(WholeAnswer, IsReadInOneGo) {
  Exchange& client = ask("");
  EXPECT_FALSE(hears(client, event("Hello")));
  EXPECT_FALSE(hears(client, kLast));
  client.fetch()->finish();
  world_.settle();
  ASSERT_TRUE(client.over());
  EXPECT_NE(client.body.find(R"("content":"Hello there")"), client.body.npos) << client.body;
}

TEST_F(WholeAnswer, IsReadIn64KiBWhenItIsLong) {
  Exchange& client = ask("");
  EXPECT_FALSE(hears(client, event(std::string(60 << 10, 'a'))));
  EXPECT_TRUE(hears(client, event(std::string(5 << 10, 'b'))));
  EXPECT_FALSE(hears(client, kLast));
  client.fetch()->finish();
  world_.settle();
  ASSERT_TRUE(client.over());
  EXPECT_NE(client.body.find("ab"), client.body.npos);
  EXPECT_NE(client.body.find("b there"), client.body.npos);
}

TEST_F(WholeAnswer, IsReadAsItComesWhenAStopSequenceMayEndIt) {
  Exchange& client = ask(R"(,"stop":["END"])");
  EXPECT_TRUE(hears(client, event("Hello")));
  EXPECT_TRUE(hears(client, event(" END of it")));
  EXPECT_TRUE(client.over());
  EXPECT_TRUE(client.fetch()->closed);
}

TEST_F(WholeAnswer, AStreamGoesOnAsItComes) {
  Exchange& client = ask(R"(,"stream":true)");
  EXPECT_TRUE(hears(client, event("Hello")));
  EXPECT_NE(client.body.find("Hello"), client.body.npos);
  world_.leave(client);
}

TEST_F(WholeAnswer, HasTwiceTheTime) {
  constexpr int64_t kIdle = 300'000;
  Exchange& client = ask("");
  EXPECT_FALSE(hears(client, event("Hello")));
  world_.advance(kIdle + 60'000);
  world_.settle();
  EXPECT_FALSE(client.over());
  world_.advance(kIdle);
  world_.settle();
  EXPECT_TRUE(client.over());
  EXPECT_NE(client.body.find("upstream_timeout"), client.body.npos) << client.body;
}

}  // namespace
