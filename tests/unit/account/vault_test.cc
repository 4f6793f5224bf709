#include "account/vault.h"

#include <gtest/gtest.h>

#include "account/refresh.h"
#include "host/host.h"
#include "script/core.h"

namespace {

using account::Account;
using account::AccountPtr;
using Problem = std::optional<chat::Error>;

class VaultTest : public testing::Test {
 protected:
  VaultTest() { account_->credential.id = "c1", account_->credential.refresh_token = "secret"; }
  Problem finish(base::Task<Problem> task) {
    world_.settle();
    EXPECT_TRUE(task.done());
    return task.await_resume();
  }
  fake::World world_;
  fake::LinkedCore core_{world_};
  AccountPtr account_ = std::make_shared<Account>();
};

bool never_fresh(const Account&, int64_t) { return false; }
account::Renewal by(decltype(account::Renewal::renew) renew) { return {never_fresh, renew}; }

int refreshes = 0;
base::Task<Problem> slow_refresh(uint32_t req, Account& account) {
  refreshes++;
  co_await host::sleep(req, 1000);
  account.credential.access_token = "fresh";
  co_return std::nullopt;
}
base::Task<Problem> failing_refresh(uint32_t req, Account&) {
  refreshes++;
  co_await host::sleep(req, 1000);
  chat::Error error;
  error.code = "nope";
  co_return error;
}
base::Task<Problem> endless_refresh(uint32_t req, Account&) {
  co_await host::sleep(req, 3600'000);
  co_return std::nullopt;
}

TEST_F(VaultTest, StoresSealedAndReadsBack) {
  EXPECT_FALSE(finish(account::store(1, account_)));
  EXPECT_EQ(world_.storage["account:c1"].find("secret"), std::string::npos);
  account::Credential read;
  bool old_seal = true;
  auto task = account::read_record(1, "account:c1", read, old_seal);
  world_.settle();
  EXPECT_EQ(task.await_resume(), account::Reading::done);
  EXPECT_FALSE(old_seal);
  EXPECT_EQ(read.refresh_token, "secret");
  EXPECT_FALSE(finish(account::remove(1, "c1")));
  EXPECT_EQ(world_.storage.count("account:c1"), 0u);
}

TEST_F(VaultTest, ChangedEnvironmentIsNotOverruledByAnOlderOne) {
  account_->from_environment = true;
  account_->configured_digest = "d1";
  EXPECT_EQ(account::record_key(*account_), "token:c1:d1");
}

TEST_F(VaultTest, SaysWhyNothingCouldBeStored) {
  world_.can_seal = false;
  EXPECT_EQ(finish(account::store(1, account_))->message,
            "The credential could not be stored: no secret is set");
  world_.can_seal = true;
  world_.storage_fails = true;
  EXPECT_EQ(finish(account::store(1, account_))->message,
            "The credential could not be stored: storage is down");
}

TEST_F(VaultTest, OneRefreshesTheOthersWait) {
  refreshes = 0;
  std::vector<base::Task<Problem>> tasks;
  for (uint32_t req = 1; req <= 8; req++) tasks.push_back(account::refresh(req, account_, by(slow_refresh)));
  world_.advance(2000);
  for (auto& task : tasks) {
    ASSERT_TRUE(task.done());
    EXPECT_FALSE(task.await_resume());
  }
  EXPECT_EQ(refreshes, 1);
  std::string plain;
  ASSERT_TRUE(fake::World::unseal(world_.storage["account:c1"], plain));
  EXPECT_NE(plain.find("fresh"), plain.npos);
}

TEST_F(VaultTest, AllHearOfTheFailure) {
  refreshes = 0;
  std::vector<base::Task<Problem>> tasks;
  for (uint32_t req = 1; req <= 3; req++)
    tasks.push_back(account::refresh(req, account_, by(failing_refresh)));
  world_.advance(2000);
  for (auto& task : tasks) EXPECT_EQ(task.await_resume()->code, "nope");
  EXPECT_EQ(refreshes, 1);
  EXPECT_TRUE(world_.storage.empty()) << "an unchanged credential is not stored again";
}

TEST_F(VaultTest, AWaiterTakesOverFromOneThatLeaves) {
  refreshes = 0;
  auto leader = account::refresh(1, account_, by(slow_refresh));
  auto second = account::refresh(2, account_, by(slow_refresh));
  auto third = account::refresh(3, account_, by(slow_refresh));
  world_.settle();
  { base::Task<Problem> dying = std::move(leader); }
  world_.advance(3000);
  ASSERT_TRUE(second.done() && third.done());
  EXPECT_FALSE(second.await_resume());
  EXPECT_FALSE(third.await_resume());
  EXPECT_EQ(refreshes, 2);
  EXPECT_EQ(account_->credential.access_token, "fresh");
}

TEST_F(VaultTest, PatienceEnds) {
  auto leader = account::refresh(1, account_, by(endless_refresh));
  auto waiter = account::refresh(2, account_, by(slow_refresh));
  world_.advance(15'001);
  ASSERT_TRUE(waiter.done());
  EXPECT_EQ(waiter.await_resume()->fault, chat::Fault::timeout);
}

}  // namespace
