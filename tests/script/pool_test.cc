// Many requests, many accounts, many instances: who serves, who waits, and what all of them know.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "json/document.h"
#include "script/board.h"
#include "script/instance.h"

namespace {

using fake::Board;
using fake::Exchange;
using fake::Fetch;
using fake::Instance;
using fake::Operation;
using fake::World;

constexpr int64_t kMinute = 60'000;

const char* const kTerms =
    R"({"error":{"code":403,"message":"disabled in this account for violation of Terms of Service.","status":"PERMISSION_DENIED"}})";
const char* const kWeek =
    R"({"error":{"code":429,"message":"exhausted","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"581981s"}]}})";
const char* const kAnswer =
    "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hello\"}]},\"finishReason\":\"STOP\"}]}\n\n";

void serve(Fetch& fetch) { fetch.answer_whole(200, "content-type: text/event-stream\n", kAnswer); }

std::string key_in(const Fetch& fetch) {
  size_t at = fetch.headers.find("x-goog-api-key: ") + 16;
  return fetch.headers.substr(at, fetch.headers.find('\n', at) - at);
}

class PoolScript : public testing::Test {
 protected:
  PoolScript() {
    board_.attach(world_);
    world_.on_fetch = [this](Exchange&, Fetch& fetch) {
      asked_.push_back(key_in(fetch));
      auto fault = faults_.find(asked_.back());
      fault == faults_.end() ? serve(fetch) : fault->second(fetch);
    };
  }
  void account(const std::string& id, const std::string& more = "") {
    world_.storage["account:" + id] =
        World::seal(R"({"id":")" + id + R"(","provider":"gemini","api_key":")" + id + "\"" + more + "}");
  }
  Exchange& send(Instance& instance, int conversation) {
    return instance.send("client",
                         "POST /v1/chat/completions\nauthorization: Bearer sesame\n\n"
                         R"({"model":"gemini-2.5-flash","messages":[{"role":"user","content":"No )" +
                             std::to_string(conversation) + "\"}]}");
  }
  std::string ask(Instance& instance, int conversation) {
    Exchange& client = send(instance, conversation);
    world_.settle();
    return client.head.substr(0, 3);
  }
  // "g1" answers nobody from here on. The accounts have been read by then, so whoever comes first is first.
  void hold_up(Instance& instance) {
    ask(instance, 0);
    faults_["g1"] = [](Fetch&) {};
    asked_.clear();
  }
  json::Value health(Instance& instance, json::Document& document) {
    Exchange& client = instance.send("health", "GET /health\nauthorization: Bearer boss\n\n");
    world_.settle();
    EXPECT_EQ(document.parse(client.body), json::Error::none);
    return document.root();
  }
  std::string state(Instance& instance, const std::string& id) {
    json::Document document;
    for (auto [_, account] : health(instance, document)["accounts"].items()) {
      if (account["id"].equals(id)) return account["state"].str();
    }
    return "";
  }
  void fail(const std::string& id, uint32_t status, const char* body) {
    faults_[id] = [=](Fetch& fetch) { fetch.answer_whole(status, "", body); };
  }

  ~PoolScript() override { EXPECT_EQ(world_.violations, std::vector<std::string>{}); }

  World world_;
  Board board_;
  fake::Environment environment_{{"API_KEY", "sesame"}, {"ADMIN_KEY", "boss"}};
  std::map<std::string, std::function<void(Fetch&)>> faults_;
  std::vector<std::string> asked_;
};

TEST_F(PoolScript, OrdinaryRequestsCostNextToNoStorage) {
  constexpr int kMinutes = 10, kAccounts = 2;
  constexpr int kLists = 2;  // of the accounts and of the descriptors
  account("g1"), account("g2");
  Instance instance(world_, environment_);
  ask(instance, 0);  // finds accounts without a list of them, and writes one
  int reads = 0, writes = 0;
  world_.leaves_now = [&](const Operation& operation) {
    using Kind = Operation::Kind;
    reads += operation.kind == Kind::get || operation.kind == Kind::list;
    writes += operation.kind == Kind::put || operation.kind == Kind::erase;
    return false;
  };
  for (int i = 0; i < kMinutes * 60; i++) {
    EXPECT_EQ(ask(instance, i), "200");
    world_.now_ms += 1000;
  }
  EXPECT_EQ(writes, 0);
  EXPECT_LE(reads, kMinutes * (kAccounts + kLists));
  EXPECT_EQ(board_.posts, 0);
  EXPECT_LE(board_.reads, kMinutes + 1) << "at most one a minute";
}

// What a week ahead resets is asked again within the cap; success makes it well everywhere.
TEST_F(PoolScript, AWrongResetTimeHealsByAProbe) {
  account("g1");
  fail("g1", 429, kWeek);
  Instance instance(world_, environment_), other(world_, environment_);
  EXPECT_EQ(ask(instance, 1), "429");
  EXPECT_EQ(ask(instance, 2), "429");
  EXPECT_EQ(asked_.size(), 1u) << "it rests";
  faults_.clear();
  world_.now_ms += 15 * kMinute;
  EXPECT_EQ(ask(instance, 3), "200");
  EXPECT_EQ(ask(instance, 4), "200");
  EXPECT_EQ(board_.posts, 2) << "the rest, and the recovery";
  world_.now_ms += kMinute;
  EXPECT_EQ(ask(other, 4), "200");
  EXPECT_EQ(state(other, "g1"), "ready");
}

// The others stay away while one request finds out.
TEST_F(PoolScript, OneRequestProbesWhileAnotherAccountIsThere) {
  account("g1"), account("g2");
  fail("g1", 429, kWeek), fail("g2", 429, kWeek);
  Instance instance(world_, environment_);
  EXPECT_EQ(ask(instance, 1), "429");
  world_.now_ms += 15 * kMinute;
  faults_.clear();
  fail("g1", 429, kWeek);
  ask(instance, 1);
  ask(instance, 2);  // whichever of the two came first: g2 is well, g1 rests again
  world_.now_ms += 16 * kMinute;
  faults_["g1"] = [](Fetch&) {};  // does not answer for now
  asked_.clear();
  std::vector<Exchange*> clients;
  for (int i = 0; i < 40; i++) clients.push_back(&send(instance, i));
  world_.settle();
  EXPECT_EQ(std::count(asked_.begin(), asked_.end(), "g1"), 1);
  EXPECT_EQ(std::count(asked_.begin(), asked_.end(), "g2"), 39);
  for (Exchange* client : clients) {
    if (client->fetch()->status == 0) serve(*client->fetch());
  }
  world_.settle();
  for (Exchange* client : clients) EXPECT_EQ(client->head.substr(0, 3), "200");
  asked_.clear();
  faults_.clear();
  for (int i = 0; i < 40; i++) ask(instance, i);
  EXPECT_GT(std::count(asked_.begin(), asked_.end(), "g1"), 5) << "it has its conversations again";
}

TEST_F(PoolScript, AQuarantineHoldsInEveryInstanceAndAfterARestart) {
  account("g1");
  fail("g1", 403, kTerms);
  Instance one(world_, environment_);
  auto other = std::make_unique<Instance>(world_, environment_);
  faults_.clear();
  EXPECT_EQ(ask(*other, 1), "200");
  fail("g1", 403, kTerms);
  EXPECT_EQ(ask(one, 2), "403");
  EXPECT_EQ(board_.writes, 1);
  EXPECT_EQ(ask(*other, 3), "403") << "it has not heard yet, and finds out itself";
  EXPECT_EQ(board_.writes, 1) << "and has nothing new to tell";
  faults_.clear();
  asked_.clear();
  other = std::make_unique<Instance>(world_, environment_);
  EXPECT_EQ(ask(*other, 4), "503");
  EXPECT_EQ(asked_.size(), 0u) << "not one request more";
  EXPECT_EQ(state(*other, "g1"), "quarantined");
  // A person says that it is settled.
  other->send("check", "POST /admin/accounts/g1/check\nauthorization: Bearer boss\n\n");
  world_.on_fetch = [](Exchange&, Fetch& fetch) {
    fetch.method == "GET" ? fetch.answer_whole(200, "", R"({"models":[]})") : serve(fetch);
  };
  world_.wind_down();
  world_.now_ms += kMinute;
  EXPECT_EQ(ask(one, 5), "200");
}

// Two instances find different things at the same time: the worse holds, and neither is lost.
TEST_F(PoolScript, NewsOfOneAccountAtTheSameTimeAreMerged) {
  account("g1");
  Instance one(world_, environment_), other(world_, environment_);
  EXPECT_EQ(ask(one, 1), "200");
  EXPECT_EQ(ask(other, 1), "200");
  fail("g1", 403, kTerms);
  EXPECT_EQ(ask(one, 2), "403");
  fail("g1", 429, kWeek);
  EXPECT_EQ(ask(other, 2), "429");
  world_.now_ms += kMinute;
  for (Instance* instance : {&one, &other}) EXPECT_EQ(state(*instance, "g1"), "quarantined");
  const std::string& text = board_.entries.begin()->second.text;
  EXPECT_NE(text.find("quarantined"), text.npos);
  EXPECT_NE(text.find("gemini-2.5-flash"), text.npos) << text;
}

TEST_F(PoolScript, WorksOnWhenTheBoardDoesNot) {
  account("g1");
  board_.fails = true;
  fail("g1", 403, kTerms);
  Instance one(world_, environment_);
  EXPECT_EQ(ask(one, 1), "403");
  EXPECT_EQ(ask(one, 2), "503") << "the instance knows by itself";
  EXPECT_EQ(board_.writes, 0);
  board_.fails = false;
  world_.now_ms += 10'000;
  EXPECT_EQ(ask(one, 3), "503");
  EXPECT_EQ(board_.writes, 1) << "told as soon as it can be";
  world_.objects.clear();
  Instance other(world_, environment_);
  faults_.clear();
  EXPECT_EQ(ask(other, 4), "200");
  json::Document document;
  EXPECT_TRUE(health(other, document)["bindings"]["BOARD"].is_false());
}

TEST_F(PoolScript, NoMoreRequestsAtATimeThanTheOwnerAllows) {
  account("g1", R"(,"max_concurrent":2)");
  Instance instance(world_, environment_);
  hold_up(instance);
  std::vector<Exchange*> clients;
  for (int i = 0; i < 6; i++) clients.push_back(&send(instance, i));
  world_.settle();
  EXPECT_EQ(asked_.size(), 2u);
  size_t served = 0;
  for (int round = 0; round < 6; round++) {
    for (Exchange* client : clients) {
      if (client->fetch() && client->fetch()->status == 0 && served < asked_.size()) {
        serve(*client->fetch());
        served++;
        break;
      }
    }
    world_.settle();
    EXPECT_LE(asked_.size(), served + 2);
  }
  for (Exchange* client : clients) EXPECT_EQ(client->head.substr(0, 3), "200");
  EXPECT_EQ(instance.live(), 0u);
}

TEST_F(PoolScript, TheQueueEndsInAClearAnswer) {
  account("g1", R"(,"max_concurrent":1)");
  environment_["QUEUE_MS"] = "3000";
  Instance instance(world_, environment_);
  hold_up(instance);
  Exchange &first = send(instance, 1), &second = send(instance, 2), &third = send(instance, 3);
  world_.settle();
  world_.leave(third);
  world_.advance(2'900);
  EXPECT_FALSE(second.responded());
  world_.advance(200);
  EXPECT_EQ(second.head.substr(0, 3), "429");
  EXPECT_NE(second.head.find("retry-after: "), second.head.npos);
  EXPECT_NE(second.body.find("as many requests as their owner allows"), second.body.npos) << second.body;
  serve(*first.fetch());
  world_.settle();
  EXPECT_EQ(first.head.substr(0, 3), "200");
  EXPECT_EQ(asked_.size(), 1u);
}

// First come, first served, also by those whose turn comes while others leave.
TEST_F(PoolScript, WhoLeavesTheQueueHoldsNobodyUp) {
  account("g1", R"(,"max_concurrent":1)");
  Instance instance(world_, environment_);
  hold_up(instance);
  std::vector<Exchange*> clients;
  for (int i = 0; i < 4; i++) clients.push_back(&send(instance, i));
  world_.settle();
  serve(*clients[0]->fetch());
  world_.leaves_now = [&](const fake::Operation& operation) {
    return operation.exchange == clients[1] && operation.kind == fake::Operation::Kind::park;
  };
  world_.settle();
  EXPECT_TRUE(clients[1]->left);
  ASSERT_NE(clients[2]->fetch(), nullptr) << "the next one has been woken";
  EXPECT_EQ(clients[3]->fetch(), nullptr);
}

TEST_F(PoolScript, StartsKeepTheirDistance) {
  account("g1", R"(,"min_interval_ms":500)");
  Instance instance(world_, environment_);
  std::vector<int64_t> starts;
  world_.on_fetch = [&](Exchange&, Fetch& fetch) {
    starts.push_back(world_.now_ms);
    serve(fetch);
  };
  for (int i = 0; i < 5; i++) send(instance, i);
  world_.settle();
  world_.advance(4'000);
  ASSERT_EQ(starts.size(), 5u);
  for (size_t i = 1; i < starts.size(); i++) EXPECT_GE(starts[i] - starts[i - 1], 500) << i;
  EXPECT_LE(starts.back() - starts.front(), 2'500);
}

// The cron tick asks what has rested, so that no client has to.
TEST_F(PoolScript, TheTickProbesWhatHasRested) {
  account("g1");
  environment_["HEALTH_CHECK_MODELS"] = R"({"gemini":"gemini-2.5-flash"})";
  fail("g1", 429, kWeek);
  Instance instance(world_, environment_);
  EXPECT_EQ(ask(instance, 1), "429");
  auto tick = [&] {
    instance.send("tick", "CRON */10 * * * *\n\n");
    world_.settle();
  };
  asked_.clear();
  tick();
  EXPECT_EQ(asked_.size(), 0u) << "it rests still";
  world_.now_ms += 16 * kMinute;
  tick();
  EXPECT_EQ(asked_.size(), 1u);
  world_.now_ms += 16 * kMinute;
  faults_.clear();
  tick();
  EXPECT_EQ(asked_.size(), 2u);
  EXPECT_EQ(state(instance, "g1"), "ready");
  tick();
  EXPECT_EQ(asked_.size(), 2u) << "a healthy one is left alone";
}

TEST_F(PoolScript, TheTickChecksAsOftenAsConfigured) {
  account("g1");
  environment_["HEALTH_CHECK_MODELS"] = R"({"gemini":"gemini-2.5-flash"})";
  auto four_hours = [&](Instance& instance) {
    asked_.clear();
    for (int i = 0; i < 24; i++) {
      instance.send("tick", "CRON */10 * * * *\n\n");
      world_.settle();
      world_.now_ms += 10 * kMinute;
    }
    return asked_.size();
  };
  for (auto [minutes, checks] : {std::pair(R"({"gemini":120,"kiro":10})", 2u), {R"({"kiro":10})", 0u}}) {
    environment_["HEALTH_CHECK_MINUTES"] = minutes;
    Instance instance(world_, environment_);
    EXPECT_EQ(four_hours(instance), checks) << minutes;
  }
  environment_["HEALTH_CHECK_MINUTES"] = "60";
  Instance instance(world_, environment_);
  EXPECT_EQ(four_hours(instance), 4u);
  fail("g1", 403, kTerms);
  for (int i = 0; i < 6; i++) {
    instance.send("tick", "CRON */10 * * * *\n\n");
    world_.settle();
    world_.now_ms += 10 * kMinute;
  }
  EXPECT_EQ(state(instance, "g1"), "quarantined");
}

}  // namespace
