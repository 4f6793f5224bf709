// What an instance does with its accounts while their tokens are renewed, stored and read.
#include <gtest/gtest.h>

#include <algorithm>

#include "script/instance.h"
#include "script/vaults.h"

namespace {

using fake::Exchange;
using fake::Fetch;
using fake::Instance;
using fake::World;

constexpr int64_t kMinute = 60'000;
constexpr std::string_view kTokens = "https://oauth2.googleapis.com/token";
const char* const kAnswer =
    "data: {\"response\":{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hello\"}]},"
    "\"finishReason\":\"STOP\"}]}}\n\n";
const char* const kResponsesAnswer =
    "data: {\"type\":\"response.created\",\"response\":{\"id\":\"r\"}}\n\n"
    "data: {\"type\":\"response.output_text.delta\",\"item_id\":\"m\",\"output_index\":0,"
    "\"content_index\":0,\"delta\":\"Hello\"}\n\n"
    "data: {\"type\":\"response.completed\",\"response\":{\"id\":\"r\",\"status\":\"completed\","
    "\"output\":[]}}\n\n";

class AccountsScript : public testing::Test {
 protected:
  AccountsScript() {
    world_.on_fetch = [this](Exchange&, Fetch& fetch) {
      if (fetch.url == kTokens) return trades_.push_back(&fetch);
      if (fetch.headers.find("Bearer " + good_) == std::string::npos)
        return fetch.answer_whole(401, "", R"({"error":{"code":401,"status":"UNAUTHENTICATED"}})");
      fetch.answer_whole(200, "content-type: text/event-stream\n", kAnswer);
    };
  }
  ~AccountsScript() override { EXPECT_EQ(world_.violations, std::vector<std::string>{}); }

  void store(const std::string& id, const std::string& rest) {
    world_.storage["account:" + id] = World::seal(R"({"id":")" + id + "\"," + rest + "}");
  }
  // A login of Google's whose access token is good for `ms`.
  void login(int64_t ms) {
    store("c1", R"("provider":"gemini-cli","refresh_token":"rt_0","access_token":"at_0","project":"p",)"
                R"("generation":5,"added_ms":5,"expires_ms":)" +
                    std::to_string(world_.now_ms + ms));
  }
  std::string stored(const std::string& id) {
    std::string plain;
    World::unseal(world_.storage["account:" + id], plain);
    return plain;
  }
  static std::string question(const std::string& model) {
    return "POST /v1/chat/completions\nauthorization: Bearer sesame\n\n"
           R"({"model":")" +
           model + R"(","messages":[{"role":"user","content":"Hi"}]})";
  }
  Exchange& send(Instance& instance, const std::string& model = "gemini-cli/gemini-2.5-flash") {
    Exchange& client = instance.send("client", question(model));
    world_.settle();
    return client;
  }
  std::string ask(Instance& instance, const std::string& model = "gemini-cli/gemini-2.5-flash") {
    return send(instance, model).head.substr(0, 3);
  }
  Exchange& admin(Instance& instance, const std::string& start, const std::string& body = "") {
    Exchange& client = instance.send("admin", start + "\nauthorization: Bearer boss\n\n" + body);
    world_.settle();
    return client;
  }
  void trade(Fetch& fetch, const std::string& number) {
    good_ = "at_" + number;
    fetch.answer_whole(200, "",
                       R"({"access_token":"at_)" + number + R"(","refresh_token":"rt_)" + number +
                           R"(","expires_in":3600})");
    world_.settle();
  }

  // Trades go by way of `vaults`, which does what it is asked; the first `lost` of its answers are lost.
  void lose_answers(fake::Vaults& vaults, int lost) {
    vaults.upstream = [this](std::string_view message) {
      brought_.emplace_back(message.substr(message.find("rt_"), 4));
      good_ = "at_1";
      return R"(200

{"access_token":"at_1","refresh_token":"rt_1","expires_in":3600})";
    };
    world_.objects["VAULT"] = [lost, vault = world_.objects["VAULT"]](const std::string& name,
                                                                      const std::string& verb,
                                                                      std::string_view body) mutable {
      fake::Result result = vault(name, verb, body);
      if (verb == "send" && lost-- > 0) return fake::Result{503, "lost"};
      return result;
    };
  }

  // `client` learns nothing of the trade. The next holder of the lease does, and nothing is traded twice.
  void expect_answer_kept(Instance& instance, const Exchange& client) {
    world_.advance(1000);
    EXPECT_EQ(client.head.substr(0, 3), "502");
    world_.now_ms += 2 * kMinute;
    EXPECT_EQ(ask(instance), "200");
    EXPECT_EQ(brought_, std::vector<std::string>{"rt_0"});
  }

  World world_;
  std::vector<std::string> brought_;  // the refresh tokens that were traded
  std::string good_ = "at_0";         // the access token that is taken
  std::vector<Fetch*> trades_;        // as they come in, unanswered
  fake::Environment environment_{{"API_KEY", "sesame"}, {"ADMIN_KEY", "boss"}};
};

// The list of accounts is read anew in the middle of a refresh: the record still has the token that is being
// traded.
TEST_F(AccountsScript, ALoginIsTradedOnceAlthoughItsRecordIsReadAgain) {
  login(50 * kMinute);
  Instance instance(world_, environment_);
  EXPECT_EQ(ask(instance), "200");
  world_.now_ms += kMinute - 1000;
  good_ = "nothing";
  Exchange& first = send(instance);
  EXPECT_EQ(trades_.size(), 1u);
  world_.now_ms += 2000;
  Exchange& second = send(instance);
  ASSERT_EQ(trades_.size(), 1u);
  trade(*trades_[0], "1");
  EXPECT_EQ(first.head.substr(0, 3), "200");
  EXPECT_EQ(second.head.substr(0, 3), "200");
  EXPECT_EQ(trades_.size(), 1u);
}

// Another isolate has died with the lease, and the vault lets it run out.
TEST_F(AccountsScript, AGoodTokenServesWhileAnotherHoldsTheLease) {
  fake::Vaults vaults(world_);
  vaults.upstream = [](std::string_view) { return "500\n\n"; };
  world_.objects["VAULT"]("account:c1", "lease", "5\n90000");
  login(4 * kMinute);
  Instance instance(world_, environment_);
  EXPECT_EQ(ask(instance), "200");
  good_ = "nothing";
  Exchange& refused = send(instance);
  EXPECT_FALSE(refused.responded()) << "a token that was refused is not good";
  world_.wind_down();
}

TEST_F(AccountsScript, AGoodTokenServesWhileTheVaultDoesNotAnswer) {
  int asked = 0;
  world_.objects["VAULT"] = [&](const std::string&, const std::string&, std::string_view) {
    asked++;
    return fake::Result{503, "no answer"};
  };
  login(4 * kMinute);
  Instance instance(world_, environment_);
  EXPECT_EQ(ask(instance), "200");
  EXPECT_EQ(ask(instance), "200");
  EXPECT_EQ(asked, 1) << "it is left alone for a while";
  world_.now_ms += 4 * kMinute;
  EXPECT_EQ(ask(instance), "503") << "a token that is over is not good";
}

TEST_F(AccountsScript, AGoodTokenServesWhileItsIssuerTakesLong) {
  login(4 * kMinute);
  Instance instance(world_, environment_);
  Exchange& first = send(instance);
  EXPECT_EQ(ask(instance), "200");
  EXPECT_EQ(ask(instance), "200");
  ASSERT_EQ(trades_.size(), 1u);
  trade(*trades_[0], "1");
  EXPECT_EQ(first.head.substr(0, 3), "200");
}

TEST_F(AccountsScript, ARefreshTokenIsKeptAlthoughNoAccessTokenCameWithIt) {
  std::vector<std::string> answers = {R"({"refresh_token":"rt_1"})",
                                      R"({"refresh_token":"","access_token":"at_2","expires_in":3600})"};
  std::vector<std::string> brought;
  world_.on_fetch = [&](Exchange&, Fetch& fetch) {
    if (!fetch.url.ends_with("/oauth/token"))
      return fetch.answer_whole(200, "content-type: text/event-stream\n", kResponsesAnswer);
    brought.push_back(fetch.body.substr(fetch.body.find("rt_"), 4));
    fetch.answer_whole(200, "", answers[brought.size() - 1]);
  };
  store("x1", R"("provider":"codex","refresh_token":"rt_0","generation":5,"added_ms":5)");
  Instance instance(world_, environment_);
  EXPECT_EQ(ask(instance, "codex/gpt-5.2"), "502");
  world_.now_ms += kMinute;
  EXPECT_EQ(ask(instance, "codex/gpt-5.2"), "200");
  EXPECT_EQ(brought, (std::vector<std::string>{"rt_0", "rt_1"}));
  EXPECT_NE(stored("x1").find(R"("refresh_token":"rt_1")"), std::string::npos) << stored("x1");
}

// Without SEAL_KEY nothing can be stored: each instance goes by what it has obtained itself.
TEST_F(AccountsScript, ALeaseThatLedToNothingStorableHoldsNobodyUp) {
  fake::Vaults vaults(world_);
  vaults.upstream = [](std::string_view) {
    return R"(200

{"access_token":"at_0","expires_in":3600})";
  };
  world_.can_seal = false;
  environment_["ACCOUNTS"] = R"([{"provider":"gemini-cli","refresh_token":"rt_0","project":"p"}])";
  Instance one(world_, environment_), two(world_, environment_);
  EXPECT_EQ(ask(one), "200");
  EXPECT_EQ(ask(two), "200");
}

// The vault has sent the trade and written the answer down, and the isolate did not hear of it.
TEST_F(AccountsScript, AnAnswerThatWasLostIsAskedForAgain) {
  fake::Vaults vaults(world_);
  lose_answers(vaults, 1);
  login(-kMinute);
  Instance instance(world_, environment_);
  Exchange& client = send(instance);
  world_.advance(1000);
  EXPECT_EQ(client.head.substr(0, 3), "200");
  EXPECT_EQ(brought_, std::vector<std::string>{"rt_0"});
}

TEST_F(AccountsScript, AnAnswerThatNobodyHeardIsKeptForTheNextHolder) {
  fake::Vaults vaults(world_);
  lose_answers(vaults, 2);
  login(-kMinute);
  Instance instance(world_, environment_);
  Exchange& client = send(instance);
  expect_answer_kept(instance, client);
}

// And the old token was refused meanwhile, which leaves a credential that has changed but is no newer.
TEST_F(AccountsScript, ARefusedTokenIsNotTheOutcomeOfARefresh) {
  fake::Vaults vaults(world_);
  lose_answers(vaults, 2);
  login(6 * kMinute);
  Instance instance(world_, environment_);
  EXPECT_EQ(ask(instance), "200");
  world_.now_ms += 2 * kMinute;
  admin(instance, "GET /admin/accounts");  // reads the list anew, so that nobody needs storage below
  good_ = "nothing";
  Exchange& first = instance.send("first", question("gemini-cli/gemini-2.5-flash"));
  auto sending = [](const fake::Operation& each) { return each.text.find("\nsend\n") != std::string::npos; };
  while (std::none_of(world_.waiting().begin(), world_.waiting().end(), sending)) ASSERT_TRUE(world_.step());
  world_.storage_waits = true;
  send(instance);
  world_.storage_waits = false;
  expect_answer_kept(instance, first);
}

TEST_F(AccountsScript, SettingsWaitForARefreshElsewhere) {
  fake::Vaults vaults(world_);
  login(50 * kMinute);
  fake::Result lease = world_.objects["VAULT"]("account:c1", "lease", "5\n90000");
  Instance instance(world_, environment_);
  Exchange& client = admin(instance, "PATCH /admin/accounts/c1", R"({"weight":7})");
  world_.advance(3000);
  EXPECT_FALSE(client.responded());
  world_.objects["VAULT"]("account:c1", "release", lease.data);
  world_.advance(3000);
  EXPECT_EQ(client.head.substr(0, 3), "200");
  EXPECT_NE(stored("c1").find(R"("weight":7)"), std::string::npos) << stored("c1");
}

TEST_F(AccountsScript, SettingsThatCannotBeStoredAreNotInForce) {
  fake::Vaults vaults(world_);
  login(50 * kMinute);
  world_.objects["VAULT"]("account:c1", "lease", "5\n90000");
  Instance instance(world_, environment_);
  Exchange& client = admin(instance, "PATCH /admin/accounts/c1", R"({"weight":7})");
  world_.advance(30'000);
  EXPECT_EQ(client.head.substr(0, 3), "503");
  EXPECT_NE(admin(instance, "GET /admin/accounts").body.find(R"("weight":1)"), std::string::npos);
  world_.now_ms += kMinute;
  world_.objects["VAULT"]("account:c1", "erase", std::to_string(world_.now_ms));
  EXPECT_EQ(admin(instance, "PATCH /admin/accounts/c1", R"({"weight":7})").head.substr(0, 3), "404");
}

// KV takes one write a second to a key: of two accounts that are added at once one finds the list taken.
TEST_F(AccountsScript, AnAccountThatCouldNotBeListedIsListedASecondLater) {
  const char* const kRecord = R"({"id":"g1","provider":"gemini","api_key":"k","models":["m"]})";
  int failing = 1;
  world_.fails = [&](const fake::Operation& operation) {
    bool list = operation.kind == fake::Operation::Kind::put && operation.text.starts_with("accounts\n");
    return list && failing-- > 0;
  };
  world_.storage["accounts"] = "";
  Instance instance(world_, environment_);
  Exchange& added = admin(instance, "POST /admin/accounts", kRecord);
  world_.advance(2000);
  EXPECT_EQ(added.head.substr(0, 3), "201");
  EXPECT_EQ(world_.storage["accounts"], "account:g1\n");
  world_.storage["accounts"] = "";
  failing = 2;
  Exchange& unlisted = admin(instance, "POST /admin/accounts", kRecord);
  world_.advance(2000);
  EXPECT_EQ(unlisted.head.substr(0, 3), "503");
  EXPECT_NE(unlisted.body.find("account 'g1' is stored, but not listed yet"), std::string::npos)
      << unlisted.body;
}

// A list of KV's lags behind by a minute: what it does not show yet is there all the same.
TEST_F(AccountsScript, TheTickDropsOnlyAccountsThatAreGone) {
  world_.storage["accounts"] = "account:g1\naccount:g2\naccount:gone\n";
  for (const char* id : {"g1", "g2"}) store(id, R"("provider":"gemini","api_key":"k")");
  store("g0", R"("provider":"gemini","api_key":"k")");
  world_.unlisted = {"account:g2"};
  Instance instance(world_, environment_);
  instance.send("tick", "CRON */10 * * * *\n\n");
  world_.settle();
  EXPECT_EQ(world_.storage["accounts"], "account:g0\naccount:g1\naccount:g2\n");
  world_.storage["accounts"] = "account:g2\n";
  world_.fails = [](const fake::Operation& operation) { return operation.text == "account:g2"; };
  world_.unlisted = {"account:g2"};
  instance.send("tick", "CRON */10 * * * *\n\n");
  world_.settle();
  EXPECT_EQ(world_.storage["accounts"], "account:g0\naccount:g1\naccount:g2\n");
}

TEST_F(AccountsScript, AWireThatWasLearntIsAskedForOnce) {
  int refused = 0, served = 0;
  world_.on_fetch = [&](Exchange&, Fetch& fetch) {
    if (fetch.url.ends_with("/responses")) {
      served++;
      return fetch.answer_whole(200, "content-type: text/event-stream\n", kResponsesAnswer);
    }
    refused++;
    fetch.answer_whole(400, "", R"({"error":{"message":"not here","code":"unsupported_api_for_model"}})");
  };
  store("h1", R"("provider":"github-copilot","refresh_token":"github_pat_1","generation":5,"added_ms":5)");
  auto instance = std::make_unique<Instance>(world_, environment_);
  for (int i = 0; i < 5; i++, world_.now_ms += kMinute)
    EXPECT_EQ(ask(*instance, "github-copilot/gpt-5.2"), "200");
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(served, 5);
  EXPECT_NE(stored("h1").find(R"("wire gpt-5.2":"responses")"), std::string::npos) << stored("h1");
  instance = std::make_unique<Instance>(world_, environment_);
  EXPECT_EQ(ask(*instance, "github-copilot/gpt-5.2"), "200");
  EXPECT_EQ(refused, 1) << "a new instance reads it";
}

}  // namespace
