// Many isolates, one login whose refresh token rotates: whatever the order of events, whoever crashes, leaves
// or reads an old record, the login survives, and no refresh token is traded twice.
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <optional>
#include <set>

#include "account/pool.h"
#include "account/refresh.h"
#include "account/vault.h"
#include "base/text.h"
#include "config/settings.h"
#include "host/host.h"
#include "provider/gemini_cli/project.h"
#include "provider/google/oauth.h"
#include "provider/token.h"
#include "script/core.h"
#include "script/vaults.h"

namespace {

using account::AccountPtr;
using Problem = std::optional<chat::Error>;

constexpr uint64_t kSeeds = 10'000;
constexpr int kSteps = 60;
constexpr size_t kIsolates = 4;

// An authorisation server that takes each refresh token once, and kills the login of who brings an old one.
struct Issuer {
  int64_t generation = 1;
  bool dead = false;
  std::set<int64_t> traded;

  std::string trade(std::string_view message) {
    size_t at = message.find("refresh_token=r");
    int64_t brought = base::to_int(message.substr(at + 15, message.find('&', at) - at - 15)).value_or(0);
    if (!traded.insert(brought).second || brought != generation) dead = true;
    if (dead) return "400\n\n{\"error\":\"invalid_grant\"}";
    std::string number = base::to_text(++generation);
    return "200\ncontent-type: application/json\n\n{\"access_token\":\"a" + number +
           "\",\"refresh_token\":\"r" + number + "\",\"expires_in\":3600}";
  }
  // An access token dies with the next one, as strict services have it.
  bool takes(std::string_view token) const { return token == "a" + base::to_text(generation); }
};

bool is_fresh(const account::Account& account, int64_t now_ms) {
  return provider::token_is_fresh(account, now_ms);
}
base::Task<Problem> renew(uint32_t req, account::Account& account) {
  co_return co_await provider::google::refresh_token(req, account, provider::code_assist::descriptor());
}

// What a generation does about its account, as far as the login is concerned. True: it was served.
base::Task<bool> serve(uint32_t req, account::Pool& pool, Issuer& issuer) {
  if (co_await pool.load(req)) co_return false;
  AccountPtr account = pool.pick("gemini-cli", "m", 1, {});
  for (int tries = 0; account && tries < 2; tries++) {
    if (!is_fresh(*account, host::now_ms()) && co_await account::refresh(req, account, {is_fresh, renew}))
      co_return false;
    if (issuer.takes(account->credential.access_token)) co_return true;
    account->credential.access_token.clear();
  }
  co_return false;
}

// Something that was learnt of the account is stored on the side.
base::Task<bool> learn(uint32_t req, account::Pool& pool) {
  if (co_await pool.load(req)) co_return false;
  AccountPtr account = pool.pick("gemini-cli", "m", 1, {});
  if (!account) co_return false;
  account->credential.project = "p" + base::to_text(int64_t(req));
  co_return !co_await account::store(req, account);
}

struct Running {
  uint32_t req;
  base::Task<bool> task;
};
struct Isolate {
  std::unique_ptr<account::Pool> pool = std::make_unique<account::Pool>();
  std::deque<Running> running;  // last: its tasks use the pool
};

class Play {
 public:
  explicit Play(uint64_t seed) : world_(seed), dice_(seed * 2654435761u + 17) {
    world_.choose = [this](size_t n) { return roll(n); };
    vaults_.upstream = [this](std::string_view message) { return issuer_.trade(message); };
    vaults_.lags = true;
    auto account = std::make_shared<account::Account>();
    account->credential = {};
    account->credential.id = "c1";
    account->credential.provider = "gemini-cli";
    account->credential.refresh_token = "r1";
    auto added = account::add(next_req_++, account);
    world_.choose = nullptr;
    world_.settle();
    vaults_.show_written();
    EXPECT_FALSE(added.await_resume());
    world_.choose = [this](size_t n) { return roll(n); };
  }

  std::string run() {
    for (int step = 0; step < kSteps; step++) {
      act();
      if (issuer_.dead) return "step " + std::to_string(step) + ": the login is lost";
    }
    return finish();
  }

 private:
  uint64_t roll(uint64_t n) {
    dice_ ^= dice_ << 13, dice_ ^= dice_ >> 7, dice_ ^= dice_ << 17;
    return (dice_ >> 11) % n;
  }
  Isolate& isolate() { return isolates_[roll(kIsolates)]; }

  void act() {
    switch (roll(16)) {
      case 0:
      case 1:
      case 2: return begin(isolate());
      case 3: return crash(isolate());
      case 4: return leave(isolate());
      case 5: return vaults_.show_written();
      case 6: return (void)(world_.now_ms += int64_t(roll(5000)));
      case 7: return (void)(world_.now_ms += int64_t(roll(150'000)));
      case 8: return roll(3) ? void() : (void)(world_.now_ms += 3'500'000);
      case 9: return roll(4) ? void() : (void)(world_.storage_fails = !world_.storage_fails);
      default:
        for (uint64_t n = roll(6); n > 0; n--) world_.step();
        reap();
    }
  }

  void begin(Isolate& isolate) {
    uint32_t req = next_req_++;
    auto task = roll(8) ? serve(req, *isolate.pool, issuer_) : learn(req, *isolate.pool);
    isolate.running.push_back({req, std::move(task)});
  }

  // What was on its way to a Durable Object may arrive although nobody is left to hear the answer.
  void drop(uint32_t req) {
    fake::Exchange* exchange = world_.find(core_, req);
    if (!exchange) return;
    for (const fake::Operation& operation : world_.waiting()) {
      if (operation.exchange == exchange && operation.kind == fake::Operation::Kind::ask && roll(2))
        arrive(operation.text);
    }
    world_.drop_operations(*exchange);
  }
  void arrive(std::string_view message) {
    base::take_until(message, '\n');
    std::string name(base::take_until(message, '\n')), verb(base::take_until(message, '\n'));
    world_.objects["VAULT"](name, verb, message);
  }

  void crash(Isolate& isolate) {
    for (Running& running : isolate.running) drop(running.req);
    isolate.running.clear();
    isolate.pool = std::make_unique<account::Pool>();
  }
  // Only what nothing holds ends with its client.
  void leave(Isolate& isolate) {
    if (isolate.running.empty()) return;
    auto leaving = isolate.running.begin() + ptrdiff_t(roll(isolate.running.size()));
    if (host::Hold::of(leaving->req)) return;
    drop(leaving->req);
    isolate.running.erase(leaving);
  }
  void reap() {
    for (Isolate& isolate : isolates_)
      std::erase_if(isolate.running, [](Running& running) { return running.task.done(); });
  }

  // With quiet restored, any isolate, and a new one too, serves with what is there.
  std::string finish() {
    world_.storage_fails = false;
    vaults_.lags = false;
    vaults_.show_written();
    world_.advance(200'000);
    reap();
    for (Isolate& each : isolates_) {
      if (!each.running.empty()) return "a request never ended";
    }
    for (Isolate* each : {&isolates_[0], &isolates_[1], &fresh_}) {
      auto task = serve(next_req_++, *each->pool, issuer_);
      world_.advance(100'000);
      if (issuer_.dead) return "the login is lost at the end";
      if (!task.done() || !task.await_resume()) return "the login does not serve at the end";
    }
    return {};
  }

  fake::World world_;
  fake::LinkedCore core_{world_};
  fake::Vaults vaults_{world_};
  Issuer issuer_;
  uint64_t dice_;
  uint32_t next_req_ = 1;
  Isolate isolates_[kIsolates], fresh_;
};

TEST(Refresh, NoInterleavingLosesALogin) {
  config::load("{}");
  for (uint64_t seed = 1; seed <= kSeeds; seed++) {
    std::string wrong = Play(seed).run();
    ASSERT_EQ(wrong, "") << "seed " << seed;
  }
}

}  // namespace
