#include "account/account.h"

#include <gtest/gtest.h>

#include "config/settings.h"
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
  const struct {
    int64_t hint_ms;
    bool transient;
    int64_t length_ms;
  } rows[] = {
      {7 * 86'400'000, false, 15 * 60'000}, {3600'000, true, 10'000}, {-5, false, 2'000}, {-5, true, 2'000}};
  for (const auto& row : rows) {
    Account account;
    account::rest(account, "m", true, now() + row.hint_ms, row.transient, "");
    EXPECT_EQ(account.resting.until_ms, now() + row.length_ms) << row.hint_ms;
  }
  Account firm;
  account::rest(firm, "m", true, now() + 48 * 3600'000, false, "", true);
  EXPECT_EQ(firm.resting.until_ms, now() + 24 * 3600'000) << "a firm one for a day";
  config::load(R"({"MAX_REST_SECONDS":"60"})");
  account::rest(account_, "m", true, now() + 3600'000, false, "");
  EXPECT_EQ(account_.resting.until_ms, now() + 60'000);
  config::load("{}");
}

TEST_F(AccountTest, EachRestInARowIsLonger) {
  int64_t expected = 60'000;
  for (int round = 0; round < 6; round++) {
    account::rest(account_, "m", false, now() + 60'000, false, "");
    EXPECT_EQ(account_.model_rests["m"].until_ms, now() + expected) << round;
    // Others that were under way fail too: that is the same failure.
    account::rest(account_, "m", false, now() + 60'000, false, "");
    world_.now_ms += expected;
    expected = std::min<int64_t>(expected * 2, 15 * 60'000);
  }
  account::recover(account_, "m");
  account::rest(account_, "m", false, now() + 60'000, false, "");
  EXPECT_EQ(account_.model_rests["m"].length_ms, 60'000);
}

TEST_F(AccountTest, AFaultThatPassesDoesNotShortenALimit) {
  account::rest(account_, "m", true, now() + 60'000, false, "quota");
  account::rest(account_, "m", true, now() + 60'000, true, "broken");
  EXPECT_EQ(account_.resting.until_ms, now() + 60'000);
  EXPECT_FALSE(account_.resting.transient);
  EXPECT_EQ(account_.reason, "quota");
}

// An answer that began before the failure says nothing of what came after.
TEST_F(AccountTest, RecoversWhenARestIsOver) {
  account::rest(account_, "m", false, now() + 60'000, false, "quota");
  account::recover(account_, "m");
  EXPECT_FALSE(account_.available("m", now()));
  world_.now_ms += 60'000;
  account::recover(account_, "other");
  EXPECT_EQ(account_.model_rests.size(), 1u);
  EXPECT_EQ(account_.reason, "quota");
  account::recover(account_, "m");
  EXPECT_TRUE(account_.model_rests.empty());
  EXPECT_EQ(account_.reason, "");
  EXPECT_EQ(account_.served_ms, now());
}

TEST_F(AccountTest, RemembersABoundedNumberOfModels) {
  for (int i = 0; i < 1000; i++) {
    account::rest(account_, "m" + std::to_string(i), false, now(), false, "");
    world_.now_ms += 1000;
  }
  EXPECT_LE(account_.model_rests.size(), 101u);
}

// What others must hear: what lasts, and that it is over. Not what an ordinary request meets.
TEST_F(AccountTest, OnlyWhatLastsIsTold) {
  account::recover(account_, "m");
  account::rest(account_, "m", true, now() + 60'000, true, "broken");
  account::rest(account_, "m", false, now() + 5'000, false, "short");
  EXPECT_FALSE(account_.untold);
  account::rest(account_, "n", false, now() + 60'000, false, "quota");
  EXPECT_TRUE(account_.untold);
  account_.untold = false, account_.on_board = true;
  world_.now_ms += 60'000;
  account::recover(account_, "n");
  EXPECT_FALSE(account_.untold) << "another of its rests is not proven over";
  account::recover(account_, "m");
  EXPECT_TRUE(account_.untold);
  account_.untold = false;
  account::stop(account_, State::retired, "ended");
  EXPECT_FALSE(account_.untold);
  account::stop(account_, State::quarantined, "terms");
  EXPECT_TRUE(account_.untold);
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
