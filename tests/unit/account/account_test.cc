#include "account/account.h"

#include <gtest/gtest.h>

#include "script/core.h"

namespace {

using account::Account;
using account::State;

class AccountTest : public testing::Test {
 protected:
  int64_t now() const { return world_.now_ms; }
  fake::World world_;
  fake::LinkedCore core_{world_};
  Account account_;
};

TEST_F(AccountTest, RestsForAModelOrAsAWhole) {
  account::rest(account_, "m", false, now() + 60'000, false, "quota");
  EXPECT_FALSE(account_.available("m", now()));
  EXPECT_TRUE(account_.available("other", now()));
  EXPECT_FALSE(account_.available("m", now() + 59'999));
  EXPECT_TRUE(account_.available("m", now() + 60'000));
  EXPECT_EQ(account_.reason, "quota");
  account::rest(account_, "m", true, now() + 5'000, false, "forbidden");
  EXPECT_FALSE(account_.available("other", now()));
  EXPECT_TRUE(account_.available("other", now() + 5'000));
}

// A reset time is a hint: nobody is benched for hours on its word, nor for a moment that ends at once.
TEST_F(AccountTest, ARestHasItsBounds) {
  account::rest(account_, "m", true, now() + 3600'000 * 24, false, "");
  EXPECT_EQ(account_.cooling_until_ms, now() + 15 * 60'000);
  account::rest(account_, "m", true, now() + 3600'000, true, "");
  EXPECT_EQ(account_.cooling_until_ms, now() + 10'000);
  account::rest(account_, "m", true, now() - 5, false, "");
  EXPECT_EQ(account_.cooling_until_ms, now() + 2'000);
}

TEST_F(AccountTest, IsOutOfServiceUntilAPersonActs) {
  for (State state : {State::quarantined, State::needs_login, State::retired}) {
    account::stop(account_, state, "why");
    EXPECT_FALSE(account_.available("", now() + 1'000'000'000));
  }
  account_.state = State::ready;
  EXPECT_TRUE(account_.available("", now()));
  EXPECT_EQ(account::name_of(State::needs_login), "needs_login");
}

TEST(Account, BlotsSecretsOutOfUpstreamMessages) {
  account::Credential credential;
  credential.api_key = "sk-secret-1";
  credential.access_token = "short";
  std::string text = "Incorrect API key provided: sk-secret-1 (sk-secret-1). In short: no.";
  account::redact(credential, text);
  EXPECT_EQ(text, "Incorrect API key provided: [secret] ([secret]). In short: no.");
}

}  // namespace
