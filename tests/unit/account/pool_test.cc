#include "account/pool.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "config/settings.h"
#include "script/core.h"

namespace {

using account::AccountPtr;
using account::Pool;

class PoolTest : public testing::Test {
 protected:
  ~PoolTest() override { config::load("{}"); }
  void store(const std::string& id, const std::string& more = "") {
    std::string& keys = world_.storage["accounts"];
    if (keys.find(id) == keys.npos) keys += "account:" + id + "\n";
    world_.storage["account:" + id] =
        fake::World::seal(R"({"id":")" + id + R"(","provider":"gemini","api_key":"k")" + more + "}");
  }
  std::optional<chat::Error> load() {
    auto task = pool_.load(1);
    world_.settle();
    EXPECT_TRUE(task.done());
    return task.await_resume();
  }
  std::string pick(uint64_t session, const std::vector<AccountPtr>& tried = {}) {
    AccountPtr account = pool_.pick("gemini", "m", session, tried);
    return account ? account->credential.id : "";
  }

  fake::World world_;
  fake::LinkedCore core_{world_};
  Pool pool_;
};

TEST_F(PoolTest, ForgetsHowAnAccountFaredWhenAPersonActsOnIt) {
  store("g1");
  load();
  AccountPtr before = pool_.all()[0];
  account::stop(*before, account::State::needs_login, "over");
  pool_.expire();
  load();
  EXPECT_EQ(pick(1), "");
  pool_.forget("g1");
  load();
  EXPECT_EQ(pick(1), "g1");
  EXPECT_EQ(before->state, account::State::needs_login);
}

TEST_F(PoolTest, ReadsStorageAtMostOnceAMinute) {
  store("g1");
  EXPECT_FALSE(load());
  store("g2");
  EXPECT_FALSE(load());
  EXPECT_EQ(pool_.all().size(), 1u);
  world_.now_ms += 60'000;
  EXPECT_FALSE(load());
  EXPECT_EQ(pool_.all().size(), 2u);
  world_.storage.erase("account:g1");
  pool_.expire();
  load();
  EXPECT_EQ(pool_.all().size(), 1u);
}

TEST_F(PoolTest, KeepsTheStateOfAnUnchangedCredential) {
  store("g1"), store("g2");
  load();
  for (const AccountPtr& account : pool_.all()) account->failures = 7;
  store("g2", R"(,"generation":5,"added_ms":5)");
  pool_.expire();
  load();
  std::map<std::string, uint32_t> failures;
  for (const AccountPtr& account : pool_.all()) failures[account->credential.id] = account->failures;
  EXPECT_EQ(failures, (std::map<std::string, uint32_t>{{"g1", 7}, {"g2", 0}})) << "put in again";
}

TEST_F(PoolTest, TakesANewerGenerationOverIntoTheAccountThatItKnows) {
  store("g1", R"(,"generation":5)");
  load();
  AccountPtr account = pool_.all()[0];
  account->failures = 7;
  store("g1", R"(,"generation":6,"label":"changed","weight":3)");
  pool_.expire();
  load();
  EXPECT_EQ(pool_.all()[0], account);
  EXPECT_EQ(account->failures, 7u);
  EXPECT_EQ(account->credential.label, "changed");
  EXPECT_EQ(account->credential.preferences.weight, 3);
}

TEST_F(PoolTest, KeepsWhatItKnowsMoreThanTheRecordOfTheSameGeneration) {
  store("g1", R"(,"generation":5,"access_token":"refused")");
  load();
  AccountPtr account = pool_.all()[0];
  account->credential.access_token.clear();
  pool_.expire();
  load();
  EXPECT_EQ(pool_.all()[0], account);
  EXPECT_EQ(account->credential.access_token, "");
}

TEST_F(PoolTest, ServesOnWhatIsKnownWhenStorageFails) {
  store("g1");
  load();
  world_.storage_fails = true;
  world_.now_ms += 60'000;
  EXPECT_FALSE(load());
  EXPECT_EQ(pool_.all().size(), 1u);
  Pool fresh;
  auto task = fresh.load(1);
  world_.settle();
  auto problem = task.await_resume();
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->code, "storage_unavailable");
}

TEST_F(PoolTest, KeepsAnAccountWhoseRecordCannotBeReadForNow) {
  store("g1"), store("g2");
  load();
  AccountPtr before = pool_.all()[0];
  before->failures = 7;
  world_.fails = [](const fake::Operation& operation) { return operation.text == "account:g1"; };
  world_.now_ms += 60'000;
  EXPECT_FALSE(load());
  ASSERT_EQ(pool_.all().size(), 2u);
  EXPECT_EQ(pool_.all()[0], before);
  world_.fails = nullptr;
  store("g1", R"(,"generation":1,"label":"changed")");
  world_.now_ms += 5'000;
  load();
  EXPECT_EQ(pool_.all()[0]->credential.label, "changed") << "it is read again soon";
  EXPECT_EQ(pool_.all()[0]->failures, 7u);
}

TEST_F(PoolTest, AFaultDoesNotPassForTheLackOfAccounts) {
  store("g1");
  world_.fails = [](const fake::Operation& operation) { return operation.text == "account:g1"; };
  auto problem = load();
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->code, "storage_unavailable");
  world_.fails = nullptr;
  world_.now_ms += 5'000;
  EXPECT_FALSE(load());
  EXPECT_EQ(pool_.all().size(), 1u);
}

TEST_F(PoolTest, TakesTheEnvironment) {
  config::load(R"({"ACCOUNTS":"[{\"provider\":\"gemini\",\"api_key\":\"k\"}]"})");
  EXPECT_FALSE(load());
  ASSERT_EQ(pool_.all().size(), 1u);
  EXPECT_TRUE(pool_.all()[0]->from_environment);
  EXPECT_TRUE(pool_.all()[0]->credential.id.starts_with("env-"));
}

TEST_F(PoolTest, AConversationKeepsItsAccount) {
  for (int i = 0; i < 8; i++) store("g" + std::to_string(i));
  load();
  std::map<uint64_t, std::string> before;
  std::map<std::string, int> load_of;
  for (uint64_t session = 0; session < 800; session++) {
    before[session] = pick(session);
    EXPECT_EQ(pick(session), before[session]);
    load_of[before[session]]++;
  }
  for (const auto& [id, count] : load_of) EXPECT_NEAR(count, 100, 50) << id;
  EXPECT_EQ(load_of.size(), 8u);
  // When one goes, only its own conversations move.
  world_.storage.erase("account:g3");
  pool_.expire();
  load();
  for (const auto& [session, id] : before) {
    if (id != "g3") EXPECT_EQ(pick(session), id);
  }
}

TEST_F(PoolTest, NeverTriesAnAccountTwice) {
  for (int i = 0; i < 4; i++) store("g" + std::to_string(i));
  load();
  std::vector<AccountPtr> tried;
  std::set<std::string> seen;
  while (AccountPtr account = pool_.pick("gemini", "m", 1, tried)) {
    EXPECT_TRUE(seen.insert(account->credential.id).second);
    tried.push_back(account);
  }
  EXPECT_EQ(seen.size(), 4u);
  EXPECT_EQ(pool_.pick("openai", "m", 1, {}), nullptr);
}

TEST_F(PoolTest, TheLastAccountServesThroughATransientFault) {
  store("g1"), store("g2");
  load();
  const AccountPtr &one = pool_.all()[0], &two = pool_.all()[1];
  account::stop(*two, account::State::needs_login, "");
  account::rest(*one, "m", true, world_.now_ms + 10'000, true, "broken");
  EXPECT_EQ(pick(1), "g1");
  EXPECT_EQ(pick(1, {one}), "");
  EXPECT_EQ(pick(1, {two}), "g1") << "also when another has failed this request";
  account::rest(*one, "m", true, world_.now_ms + 10'000, false, "quota");
  EXPECT_EQ(pick(1), "");
  EXPECT_EQ(pool_.ready_in_ms("gemini", "m", world_.now_ms), 10'000);
  account::stop(*one, account::State::needs_login, "");
  EXPECT_EQ(pool_.ready_in_ms("gemini", "m", world_.now_ms), -1);
}

TEST_F(PoolTest, SharesConversationsByWeight) {
  store("g1"), store("g2", R"(,"weight":2)"), store("g3", R"(,"weight":5)");
  load();
  std::map<std::string, int> load_of;
  std::map<uint64_t, std::string> before;
  for (uint64_t session = 0; session < 8000; session++) load_of[before[session] = pick(session)]++;
  EXPECT_NEAR(load_of["g1"], 1000, 120);
  EXPECT_NEAR(load_of["g2"], 2000, 150);
  EXPECT_NEAR(load_of["g3"], 5000, 200);
  // A heavier one takes conversations from the others, and these none from each other.
  pool_.all()[1]->credential.preferences.weight = 4;
  for (const auto& [session, id] : before) {
    std::string after = pick(session);
    if (after != id) EXPECT_EQ(after, "g2");
  }
}

TEST_F(PoolTest, TheNextPriorityServesOnlyWhenNoneOfTheBetterCan) {
  store("g1", R"(,"priority":1)"), store("g2", R"(,"priority":1)"),
      store("g3", R"(,"priority":2,"weight":1000)");
  load();
  std::set<std::string> seen;
  for (uint64_t session = 0; session < 100; session++) seen.insert(pick(session));
  EXPECT_EQ(seen, (std::set<std::string>{"g1", "g2"}));
  const AccountPtr &one = pool_.all()[0], &two = pool_.all()[1];
  account::rest(*one, "m", false, world_.now_ms + 60'000, false, "quota");
  for (uint64_t session = 0; session < 100; session++) EXPECT_EQ(pick(session), "g2");
  EXPECT_EQ(pick(1, {two}), "g3");
  account::rest(*two, "m", true, world_.now_ms + 60'000, true, "broken");
  EXPECT_EQ(pick(1), "g3") << "a rest for a fault that passes is no better than another priority";
}

TEST_F(PoolTest, ModelsRestrictAnAccount) {
  store("g1", R"(,"models":["only"])");
  load();
  EXPECT_EQ(pool_.pick("gemini", "m", 1, {}), nullptr);
  EXPECT_NE(pool_.pick("gemini", "only", 1, {}), nullptr);
  EXPECT_TRUE(pool_.has("gemini"));
  EXPECT_FALSE(pool_.has("openai"));
}

}  // namespace
