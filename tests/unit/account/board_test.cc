#include "account/board.h"

#include <gtest/gtest.h>

#include "script/core.h"

namespace {

using account::Account;
using account::State;

class BoardEntry : public testing::Test {
 protected:
  int64_t now() const { return world_.now_ms; }
  fake::World world_;
  fake::LinkedCore core_{world_};
  Account account_;
};

TEST_F(BoardEntry, SaysWhatLasts) {
  EXPECT_EQ(account::entry_of(account_), R"({"state":"ready"})");
  account::rest(account_, "m", true, now() + 5'000, true, "broken");
  EXPECT_EQ(account::entry_of(account_), R"({"state":"ready"})");
  account::rest(account_, "a\n\"b", false, now() + 60'000, false, "quota");
  account::stop(account_, State::quarantined, "terms");
  Account other;
  account::take_entry(account::entry_of(account_), false, other);
  EXPECT_EQ(other.state, State::quarantined);
  EXPECT_EQ(other.reason, "terms");
  EXPECT_EQ(other.resting.until_ms, 0);
  EXPECT_EQ(other.model_rests["a\n\"b"].until_ms, now() + 60'000);
  EXPECT_EQ(other.model_rests["a\n\"b"].length_ms, 60'000);
  EXPECT_TRUE(other.on_board);
  EXPECT_FALSE(other.untold);
}

TEST_F(BoardEntry, IsTakenOverAsAWhole) {
  account::stop(account_, State::needs_login, "over");
  account::rest(account_, "m", false, now() + 60'000, false, "quota");
  account::take_entry(R"({"state":"ready"})", false, account_);
  EXPECT_EQ(account_.state, State::ready);
  EXPECT_EQ(account_.reason, "");
  EXPECT_TRUE(account_.model_rests.empty());
  EXPECT_FALSE(account_.on_board);
}

// Two instances have news of one account at the same time: what is worse holds.
TEST_F(BoardEntry, IsMergedWithNews) {
  account::stop(account_, State::quarantined, "terms");
  account::take_entry(R"({"state":"ready","reason":"quota","rest":[1800000060000,60000]})", true, account_);
  EXPECT_EQ(account_.state, State::quarantined);
  EXPECT_EQ(account_.reason, "terms");
  EXPECT_EQ(account_.resting.until_ms, 1800000060000);
  Account other;
  account::rest(other, "m", true, now() + 120'000, false, "quota");
  account::take_entry(R"({"state":"quarantined","reason":"terms","rest":[1800000060000,60000]})", true,
                      other);
  EXPECT_EQ(other.state, State::quarantined);
  EXPECT_EQ(other.reason, "terms");
  EXPECT_EQ(other.resting.until_ms, now() + 120'000);
}

TEST_F(BoardEntry, ADamagedOneChangesNothing) {
  account::stop(account_, State::quarantined, "terms");
  for (const char* bad : {"", "{", "[]", "{}", R"({"state":5})"}) {
    account::take_entry(bad, false, account_);
    EXPECT_EQ(account_.state, State::quarantined) << bad;
  }
  account::take_entry(R"({"state":"ready","rest":"long","models":[1,{}]})", false, account_);
  EXPECT_EQ(account_.state, State::ready);
  EXPECT_EQ(account_.resting.until_ms, 0);
}

TEST_F(BoardEntry, NoRestIsLongerThanThisInstanceWouldMakeIt) {
  account::take_entry(R"({"state":"ready","rest":[9999999999999,9999999999]})", false, account_);
  EXPECT_EQ(account_.resting.until_ms, now() + 15 * 60'000);
  EXPECT_EQ(account_.resting.length_ms, 15 * 60'000);
}

TEST_F(BoardEntry, AFirmRestIsAsLongElsewhere) {
  constexpr int64_t kHour = 3600'000;
  Account other;
  account::rest(account_, "m", true, now() + 3 * kHour, false, "flagged", true);
  account::take_entry(account::entry_of(account_), false, other);
  EXPECT_EQ(other.resting.until_ms, now() + 3 * kHour);
  EXPECT_EQ(other.resting.length_ms, 3 * kHour);
  EXPECT_TRUE(other.resting.firm);
  account::take_entry(R"({"state":"ready","rest":[9999999999999,9999999999,1]})", false, account_);
  EXPECT_EQ(account_.resting.until_ms, now() + 24 * kHour);
}

TEST_F(BoardEntry, WhatHasRetiredStaysSo) {
  account::stop(account_, State::retired, "ended");
  account::take_entry(R"({"state":"ready"})", false, account_);
  EXPECT_EQ(account_.state, State::retired);
}

}  // namespace
