// The fake host from C++: what a text file cannot say, many exchanges in many orders.
#include "script/instance.h"

#include <gtest/gtest.h>

#include <set>

#include "script/leaks.h"

namespace {

using fake::Exchange;
using fake::Fetch;
using fake::Instance;
using fake::World;

constexpr int kExchanges = 8;
constexpr int kOrders = 150;

const std::string kAnswer =
    "data: "
    "{\"response\":{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hello\"}]},\"finishReason\":"
    "\"STOP\"}]}}\n\n";

std::string ask(int number) {
  return "POST /gemini-cli/v1/chat/completions\nauthorization: Bearer sesame\n\n"
         R"({"model":"gemini-2.5-flash","messages":[{"role":"user","content":"Question )" +
         std::to_string(number) + "\"}]}";
}

// Google as a function: a token endpoint that hands out "token-N", and generations that want the newest.
struct Google {
  int tokens = 0, generations = 0;
  void operator()(Exchange&, Fetch& fetch) {
    if (fetch.url.find("/token") != fetch.url.npos) {
      std::string token = "token-" + std::to_string(++tokens);
      return fetch.answer_whole(200, "", R"({"expires_in":3599,"access_token":")" + token + "\"}");
    }
    generations++;
    bool valid = fetch.headers.find("Bearer token-" + std::to_string(tokens) + "\n") != fetch.headers.npos;
    if (!valid) return fetch.answer_whole(401, "", R"({"error":{"code":401,"status":"UNAUTHENTICATED"}})");
    fetch.answer_whole(200, "content-type: text/event-stream\n", kAnswer);
  }
};

void store_login(World& world) {
  world.storage["account:c1"] =
      World::seal(R"({"id":"c1","provider":"gemini-cli","refresh_token":"r","project":"p"})");
}

uint64_t next_random(uint64_t& state) {
  return state = state * 6364136223846793005u + 1442695040888963407u, state >> 33;
}

// In whatever order things happen, one refresh serves all who wait for it, and all are served.
TEST(Instance, EightExchangesShareOneRefresh) {
  for (int order = 0; order < kOrders; order++) {
    World world;
    Google google;
    uint64_t state = uint64_t(order);
    world.on_fetch = std::ref(google);
    world.choose = [&](size_t ready) { return next_random(state) % ready; };
    store_login(world);
    Instance instance(world, {{"API_KEY", "sesame"}});
    for (int i = 0; i < kExchanges; i++) instance.send("client " + std::to_string(i), ask(i));
    world.settle();
    for (const Exchange& client : world.exchanges) {
      ASSERT_EQ(client.head.substr(0, 4), "200\n") << client.name << " in order " << order << client.body;
    }
    ASSERT_EQ(google.tokens, 1) << "order " << order;
    ASSERT_EQ(google.generations, kExchanges);
    ASSERT_EQ(instance.live(), 0u);
    ASSERT_EQ(world.violations, std::vector<std::string>{});
  }
  EXPECT_FALSE(fake::leaks());
}

// Clients leave at random moments; those who stay are served, whoever was at the refresh.
TEST(Instance, WhoStaysIsServedWhoeverLeaves) {
  for (int order = 0; order < kOrders; order++) {
    World world;
    Google google;
    uint64_t state = uint64_t(order);
    world.on_fetch = std::ref(google);
    world.choose = [&](size_t ready) { return next_random(state) % ready; };
    world.leaves_now = [&](const fake::Operation&) { return next_random(state) % 16 == 0; };
    store_login(world);
    Instance instance(world, {{"API_KEY", "sesame"}});
    for (int i = 0; i < kExchanges; i++) instance.send("client " + std::to_string(i), ask(i));
    world.settle();
    for (const Exchange& client : world.exchanges) {
      if (client.left) continue;
      ASSERT_EQ(client.head.substr(0, 4), "200\n") << client.name << " in order " << order << client.body;
    }
    ASSERT_LE(google.tokens, 1 + kExchanges);
    ASSERT_EQ(instance.live(), 0u);
  }
  EXPECT_FALSE(fake::leaks());
}

// A token dies under eight requests at once: each notices, one refresh mends it for all.
TEST(Instance, ATokenThatDiesIsRefreshedOnce) {
  World world;
  Google google;
  world.on_fetch = std::ref(google);
  store_login(world);
  Instance instance(world, {{"API_KEY", "sesame"}});
  instance.send("first", ask(0));
  world.settle();
  google.tokens++;  // what was handed out is no longer the newest
  for (int i = 0; i < kExchanges; i++) instance.send("client " + std::to_string(i), ask(i));
  world.settle();
  for (const Exchange& client : world.exchanges) EXPECT_EQ(client.head.substr(0, 4), "200\n") << client.name;
  EXPECT_EQ(google.tokens, 3);
}

TEST(Instance, HasStaticsOfItsOwn) {
  World world;
  store_login(world);
  Google google;
  world.on_fetch = std::ref(google);
  Instance one(world, {{"API_KEY", "sesame"}}), other(world, {{"API_KEY", "different"}});
  Exchange& here = one.send("here", ask(1));
  Exchange& there = other.send("there", ask(1));
  world.settle();
  EXPECT_EQ(here.head.substr(0, 4), "200\n");
  EXPECT_EQ(there.head.substr(0, 4), "401\n");
  // What the one obtained stands in their common storage.
  std::string record;
  ASSERT_TRUE(World::unseal(world.storage["account:c1"], record));
  EXPECT_NE(record.find("token-1"), record.npos);
}

TEST(Instance, ForgetsEverythingWhenItIsGone) {
  World world;
  store_login(world);
  Google google;
  world.on_fetch = std::ref(google);
  for (int round = 1; round <= 3; round++) {
    world.storage.erase("account:c1");
    store_login(world);
    Instance instance(world, {{"API_KEY", "sesame"}});
    instance.send("a", ask(1));
    world.settle();
    EXPECT_EQ(google.tokens, round) << "the instance remembers a token of the one before";
  }
}

TEST(Instance, NothingSecretIsStoredOrLoggedInTheOpen) {
  World world;
  store_login(world);
  Google google;
  world.on_fetch = std::ref(google);
  Instance instance(world, {{"API_KEY", "sesame"}, {"ADMIN_KEY", "boss"}});
  instance.send("a", ask(1));
  instance.send("add",
                "POST /admin/accounts\nauthorization: Bearer boss\n\n"
                R"({"id":"g1","provider":"gemini","api_key":"very-secret"})");
  instance.send("health", "GET /health\nauthorization: Bearer boss\n\n");
  instance.send("list", "GET /admin/accounts\nauthorization: Bearer boss\n\n");
  world.settle();
  std::string seen;
  for (const auto& [key, value] : world.storage) seen += key + " " + value + "\n";
  for (const std::string& line : world.log) seen += line + "\n";
  for (const Exchange& client : world.exchanges) seen += client.head + client.body + "\n";
  for (const char* secret : {"token-1", "very-secret", "sesame", "boss"})
    EXPECT_EQ(seen.find(secret), seen.npos) << secret << " in:\n" << seen;
}

}  // namespace
