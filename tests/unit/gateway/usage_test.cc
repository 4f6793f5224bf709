// Usage in the core on the fake host: what is counted, and that whatever happens on the way to the ledger
// counts once.
#include "gateway/usage.h"

#include <gtest/gtest.h>

#include "base/date.h"
#include "base/text.h"
#include "gateway/usage_report.h"
#include "script/instance.h"
#include "script/leaks.h"
#include "script/objects.h"

namespace {

using fake::Exchange;
using fake::Fetch;
using fake::Instance;
using fake::LedgerObject;
using fake::Mood;
using fake::World;
using gateway::Count;
using gateway::Counts;
using gateway::UsageRows;

const fake::Environment kEnvironment = {
    {"API_KEY", "sesame,second"},
    {"ADMIN_KEY", "boss"},
    {"ACCOUNTS",
     R"([{"id":"o1","provider":"openai","api_key":"k","base_url":"https://up.example/v1","models":["m","n"]}])"}};

std::string ask(std::string_view model, std::string_view key = "sesame", std::string_view stream = "false") {
  std::string message = "POST /v1/chat/completions\nauthorization: Bearer ";
  message.append(key).append("\n\n{\"model\":\"").append(model).append("\",\"stream\":").append(stream);
  return message += R"(,"messages":[{"role":"user","content":"Hi"}]})";
}

constexpr std::string_view kUsage =
    R"("usage":{"prompt_tokens":10,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":6},)"
    R"("completion_tokens_details":{"reasoning_tokens":3}})";

void answer(Exchange&, Fetch& fetch) {
  std::string body = R"({"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},)"
                     R"("finish_reason":"stop"}],)";
  fetch.answer_whole(200, "content-type: application/json\n", body.append(kUsage).append("}"));
}

Counts sum(const UsageRows& rows) {
  Counts total;
  for (const auto& [_, counts] : rows) total.add(counts);
  return total;
}

class Usage : public testing::Test {
 protected:
  Usage() { fake::bind(world_, ledger_); }
  ~Usage() override { EXPECT_EQ(world_.violations, std::vector<std::string>{}); }

  LedgerObject ledger_;
  World world_;
};

TEST_F(Usage, IsCountedByKeyAccountProviderModelAndDay) {
  world_.on_fetch = answer;
  Instance instance(world_, kEnvironment);
  instance.send("a", ask("m"));
  instance.send("b", ask("m"));
  instance.send("c", ask("n", "second"));
  world_.advance(20'000);
  std::string day = base::day_of(world_.now_ms);
  ASSERT_EQ(ledger_.rows.size(), 2u);
  Counts both = ledger_.rows[day + "\tenv-1\to1\topenai\tm"];
  EXPECT_EQ(both[Count::requests], 2);
  EXPECT_EQ(both[Count::begun], 2);
  EXPECT_EQ(both[Count::input], 20);
  EXPECT_EQ(both[Count::cached], 12);
  EXPECT_EQ(both[Count::output], 8);
  EXPECT_EQ(both[Count::reasoning], 6);
  EXPECT_EQ(both[Count::failures] + both[Count::cancelled], 0);
  EXPECT_EQ(ledger_.rows[day + "\tenv-2\to1\topenai\tn"][Count::requests], 1);
  EXPECT_EQ(instance.live(), 0u);
}

// The first batch goes at once, what follows within the interval goes together.
TEST_F(Usage, GoesToTheLedgerInBatchesAfterTheAnswers) {
  world_.on_fetch = answer;
  Instance instance(world_, kEnvironment);
  instance.send("first", ask("m"));
  world_.settle();
  EXPECT_EQ(ledger_.batches, 1);
  for (int i = 0; i < 50; i++) {
    Exchange& client = instance.send("client", ask("m"));
    world_.settle();
    EXPECT_EQ(client.head.substr(0, 3), "200");
  }
  EXPECT_EQ(ledger_.batches, 1);
  EXPECT_EQ(instance.live(), 1u);  // the one that waits until it may send
  world_.advance(10'001);
  EXPECT_EQ(ledger_.batches, 2);
  EXPECT_EQ(sum(ledger_.rows)[Count::requests], 51);
  EXPECT_EQ(instance.live(), 0u);
}

TEST_F(Usage, TellsFailuresAndClientsThatLeave) {
  Instance instance(world_, kEnvironment);
  world_.on_fetch = [](Exchange&, Fetch& fetch) {
    fetch.answer_whole(400, "", R"({"error":{"message":"no"}})");
  };
  instance.send("refused", ask("m"));
  instance.send("unknown", ask("nothing-like-it"));
  world_.settle();
  world_.on_fetch = nullptr;
  Exchange& leaver = instance.send("leaver", ask("m", "sesame", "true"));
  world_.settle();
  Fetch& fetch = *leaver.fetch();
  fetch.answer(200, "content-type: text/event-stream\n");
  fetch.chunk("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n");
  world_.settle();
  ASSERT_NE(leaver.body.find("Hel"), std::string::npos);
  world_.leave(leaver);
  EXPECT_TRUE(fetch.closed);
  world_.advance(20'000);
  EXPECT_EQ(sum(ledger_.rows)[Count::requests], 3);
  Counts of = ledger_.rows[base::day_of(world_.now_ms) + "\tenv-1\to1\topenai\tm"];
  EXPECT_EQ(of[Count::requests], 2);
  EXPECT_EQ(of[Count::failures], 1);
  EXPECT_EQ(of[Count::cancelled], 1);
  EXPECT_EQ(of[Count::begun], 1);
  EXPECT_GT(of[Count::input], 0);  // by our own counting
  Counts nowhere = ledger_.rows[base::day_of(world_.now_ms) + "\tenv-1\t\t\t"];
  EXPECT_EQ(nowhere[Count::failures], 1);
  EXPECT_EQ(instance.live(), 0u);
}

TEST_F(Usage, AStreamThatBreaksIsAFailureWithItsTokens) {
  world_.on_fetch = [](Exchange&, Fetch& fetch) {
    fetch.answer(200, "content-type: text/event-stream\n");
    fetch.chunk("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]," + std::string(kUsage) +
                "}\n\n");
    fetch.cut();
  };
  Instance instance(world_, kEnvironment);
  instance.send("a", ask("m", "sesame", "true"));
  world_.advance(20'000);
  Counts counts = sum(ledger_.rows);
  EXPECT_EQ(counts[Count::failures], 1);
  EXPECT_EQ(counts[Count::begun], 1);
  EXPECT_EQ(counts[Count::input], 10);
  EXPECT_EQ(counts[Count::reasoning], 3);
}

TEST_F(Usage, ABatchWhoseAnswerWasLostIsCountedOnce) {
  world_.on_fetch = answer;
  Instance instance(world_, kEnvironment);
  ledger_.mood = Mood::forgets;
  instance.send("a", ask("m"));
  world_.settle();
  EXPECT_EQ(sum(ledger_.rows)[Count::requests], 1);
  instance.send("b", ask("m"));
  world_.settle();
  ledger_.mood = Mood::works;
  world_.advance(20'000);
  EXPECT_EQ(sum(ledger_.rows)[Count::requests], 2);
  EXPECT_GE(ledger_.batches, 3);
}

TEST_F(Usage, WhatTheLedgerCouldNotTakeComesWithTheNextTick) {
  world_.on_fetch = answer;
  Instance instance(world_, kEnvironment);
  ledger_.mood = Mood::fails;
  for (int i = 0; i < 5; i++) {
    instance.send("client", ask("m"));
    world_.advance(30'000);
  }
  EXPECT_EQ(instance.live(), 0u);
  ledger_.mood = Mood::works;
  instance.send("tick", "CRON * * * * *\n\n");
  world_.settle();
  EXPECT_EQ(sum(ledger_.rows)[Count::requests], 5);
}

TEST_F(Usage, MemoryIsBounded) {
  ledger_.mood = Mood::fails;
  world_.on_fetch = answer;
  fake::Environment environment = kEnvironment;
  environment["ACCOUNTS"] =
      R"([{"id":"o1","provider":"openai","api_key":"k","base_url":"https://up.example/v1"}])";
  Instance instance(world_, environment);
  for (int i = 0; i < 1300; i++)
    instance.send("client", ask("openai/model-" + std::to_string(i))), world_.settle();
  ledger_.mood = Mood::works;
  world_.advance(30'000);
  EXPECT_EQ(sum(ledger_.rows)[Count::requests], 1300);
  EXPECT_GT(ledger_.rows[base::day_of(world_.now_ms) + "\t\t\t\tother"][Count::requests], 0);
  EXPECT_LE(ledger_.rows.size(), 1300u);
}

// Clients come and leave at random, the ledger fails and forgets at random, in random orders: in the end
// every request has been counted, once.
TEST_F(Usage, CountsEveryRequestOnceWhateverHappens) {
  constexpr int kOrders = 150, kClients = 12;
  for (uint64_t order = 1; order <= kOrders; order++) {
    uint64_t state = order;
    auto dice = [&](uint64_t sides) {
      return state = state * 6364136223846793005u + 1442695040888963407u, (state >> 33) % sides;
    };
    LedgerObject ledger;
    World world(order);
    world.choose = [&](size_t ready) { return size_t(dice(ready)); };
    world.on_fetch = [&](Exchange& exchange, Fetch& fetch) {
      if (dice(5))
        answer(exchange, fetch);
      else
        fetch.answer_whole(500, "", "{}");
    };
    fake::bind(world, ledger);
    Instance instance(world, kEnvironment);
    for (int i = 0; i < kClients; i++) {
      ledger.mood = dice(3) ? Mood::works : dice(2) ? Mood::fails : Mood::forgets;
      Exchange& client = instance.send("client", ask(dice(2) ? "m" : "n", dice(2) ? "sesame" : "second"));
      for (uint64_t steps = dice(12); steps > 0; steps--) world.step();
      if (!dice(3)) world.leave(client);
      if (!dice(4)) world.advance(int64_t(dice(15'000)));
    }
    world.wind_down();
    ledger.mood = Mood::works;
    instance.send("tick", "CRON * * * * *\n\n");
    world.wind_down();
    ASSERT_EQ(sum(ledger.rows)[Count::requests], kClients) << "order " << order;
    ASSERT_EQ(instance.live(), 0u) << "order " << order;
    ASSERT_EQ(world.violations, std::vector<std::string>{});
  }
  EXPECT_FALSE(fake::leaks());
}

TEST_F(Usage, WithoutALedgerTheInstanceAnswersForItself) {
  world_.objects.clear();
  world_.on_fetch = answer;
  Instance instance(world_, kEnvironment);
  instance.send("a", ask("m"));
  instance.send("b", ask("n"));
  world_.settle();
  EXPECT_EQ(instance.live(), 0u);
  Exchange& report = instance.send("report", "GET /admin/usage?by=model\nauthorization: Bearer boss\n\n");
  world_.settle();
  EXPECT_NE(report.body.find(R"("source":"instance")"), std::string::npos) << report.body;
  EXPECT_NE(report.body.find(R"({"model":"m","requests":1,"failures":0,"cancelled":0,"input_tokens":10)"),
            std::string::npos)
      << report.body;
  Exchange& metrics = instance.send("metrics", "GET /metrics\nauthorization: Bearer boss\n\n");
  world_.settle();
  std::string_view sample =
      "isthmus_tokens_total{key=\"env-1\",account=\"o1\",provider=\"openai\",model=\"m\",kind=\"cached\"} "
      "6\n";
  EXPECT_NE(metrics.body.find(sample), std::string::npos) << metrics.body;
  EXPECT_NE(metrics.body.find(
                "# TYPE isthmus_accounts gauge\nisthmus_accounts{provider=\"openai\",state=\"ready\"} 1\n"),
            std::string::npos);
}

TEST(UsageRowsTest, AreGroupedByTheirPartsWithinTheirDays) {
  const std::string lines =
      "2026-01-01\tk\ta\tp\tm\t1\t0\t0\t1\t5\t0\t2\t0\t100\t50\n"
      "2026-01-02\tk\ta\tp\tm\t2\t1\t0\t1\t7\t0\t3\t0\t200\t60\n"
      "2026-01-02\tk\tb\tp\tn\t4\t0\t0\t4\t1\t0\t1\t0\t1\t1\n"
      "2026-01-03\tk\ta\tp\tm\t8\t0\t0\t0\t0\t0\t0\t0\t0\t0\n"
      "\t\t\t\t\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\n";
  UsageRows all, some;
  gateway::add_lines(lines, gateway::kAllParts, {}, {}, all);
  EXPECT_EQ(all.size(), 4u);
  constexpr gateway::Parts kByAccount = 1 << int(gateway::Part::account);
  gateway::add_lines(lines, kByAccount, "2026-01-01", "2026-01-02", some);
  ASSERT_EQ(some.size(), 2u);
  EXPECT_EQ(some["\t\ta\t\t"][Count::requests], 3);
  EXPECT_EQ(some["\t\ta\t\t"][Count::input], 12);
  EXPECT_EQ(gateway::usage_as_csv(some, kByAccount),
            "account,requests,failures,cancelled,input_tokens,cached_tokens,output_tokens,reasoning_tokens,"
            "latency_ms,first_byte_ms\n"
            "a,3,1,0,12,0,5,0,100,55\n"
            "b,4,0,0,1,0,1,0,0,0\n");
}

TEST(UsageRowsTest, NamesAreQuotedWhereverTheyGo) {
  UsageRows rows;
  Counts one;
  one[Count::requests] = 1;
  one[Count::latency_ms] = 1'234;
  rows["2026-01-01\tk\ta\tp\tm\"x\\,y"] = one;
  EXPECT_NE(gateway::usage_as_csv(rows, gateway::kAllParts).find("2026-01-01,k,a,p,\"m\"\"x\\,y\",1,0,"),
            std::string::npos);
  std::string metrics = gateway::usage_as_metrics(rows);
  EXPECT_NE(metrics.find("# TYPE isthmus_requests_total counter\n"
                         R"(isthmus_requests_total{key="k",account="a",provider="p",model="m\"x\\,y"} 1)"
                         "\n"),
            std::string::npos)
      << metrics;
  EXPECT_NE(metrics.find("isthmus_latency_seconds_total{key=\"k\",account=\"a\",provider=\"p\",model="
                         "\"m\\\"x\\\\,y\"} 1.234\n"),
            std::string::npos);
  EXPECT_EQ(gateway::escape_label("a\nb"), "a\\nb");
}

}  // namespace
