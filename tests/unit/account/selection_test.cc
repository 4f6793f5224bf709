#include "account/selection.h"

#include <gtest/gtest.h>

#include "account/turn.h"
#include "script/core.h"

namespace {

using account::Account;
using account::Fit;

TEST(Selection, ReadsTheListOfModels) {
  const struct {
    std::vector<std::string> models;
    const char* model;
    bool serves, declares;
  } rows[] = {
      {{}, "any", true, false},
      {{"a", "b"}, "b", true, true},
      {{"a", "b"}, "c", false, false},
      {{"gemini-2.5-*"}, "gemini-2.5-pro", true, true},
      {{"gemini-2.5-*"}, "gemini-3-pro", false, false},
      {{"-gemini-2.5-pro"}, "gemini-2.5-pro", false, false},
      {{"-gemini-2.5-pro"}, "gemini-2.5-flash", true, false},
      {{"gemini-*", "-gemini-2.5-*"}, "gemini-2.5-pro", false, false},
      {{"gemini-*", "-gemini-2.5-*"}, "gemini-3-pro", true, true},
      {{"*", "-x"}, "y", true, false},
      {{"*", "-x"}, "x", false, false},
  };
  for (const auto& row : rows) {
    account::Credential credential;
    credential.models = row.models;
    EXPECT_EQ(account::serves_model(credential, row.model), row.serves) << row.model;
    EXPECT_EQ(account::declares_model(credential, row.model), row.declares) << row.model;
  }
}

class FitTest : public testing::Test {
 protected:
  FitTest() { account_->credential.provider = "gemini"; }
  Fit fit(const char* model = "m") { return account::fit_of(*account_, "gemini", model, world_.now_ms); }

  fake::World world_;
  fake::LinkedCore core_{world_};
  account::AccountPtr account_ = std::make_shared<Account>();
};

TEST_F(FitTest, OneRequestAtATimeProvesThatARestIsOver) {
  EXPECT_EQ(fit(), Fit::ready);
  account::rest(*account_, "m", false, world_.now_ms + 60'000, false, "quota");
  EXPECT_EQ(fit(), Fit::none);
  EXPECT_EQ(fit("other"), Fit::ready);
  world_.now_ms += 60'000;
  EXPECT_EQ(fit(), Fit::ready);
  {
    account::Turn probe(account_, "m");
    EXPECT_EQ(fit(), Fit::unproven);
    EXPECT_EQ(fit("other"), Fit::ready);
  }
  EXPECT_EQ(fit(), Fit::ready) << "the probe came to nothing: the next one is the proof";
  account::Turn probe(account_, "m");
  account::recover(*account_, "m");
  EXPECT_EQ(fit(), Fit::ready);
}

TEST_F(FitTest, LimitsOfItsOwner) {
  account_->credential.preferences.max_concurrent = 1;
  {
    account::Turn turn(account_, "m");
    EXPECT_EQ(fit(), Fit::busy);
    EXPECT_TRUE(account::must_wait(*account_, "gemini", "m"));
  }
  EXPECT_EQ(fit(), Fit::ready);
  EXPECT_FALSE(account::must_wait(*account_, "gemini", "m"));
  account_->credential.preferences.min_interval_ms = 500;
  EXPECT_EQ(account::claim_start(*account_), 0);
  EXPECT_EQ(fit(), Fit::busy);
  world_.now_ms += 200;
  EXPECT_EQ(account::claim_start(*account_), 300);
  EXPECT_EQ(account::claim_start(*account_), 800);
  world_.now_ms += 1300;
  EXPECT_EQ(fit(), Fit::ready);
}

TEST_F(FitTest, StoppedIsNone) {
  for (account::State state :
       {account::State::quarantined, account::State::needs_login, account::State::retired}) {
    account::stop(*account_, state, "");
    EXPECT_EQ(fit(), Fit::none);
  }
  account::forget_troubles(*account_);
  EXPECT_EQ(fit(), Fit::ready);
}

}  // namespace
