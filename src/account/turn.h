// A request's turn on an account: its place among those in flight, and the wait for one where the owner
// limits them (max_concurrent, min_interval_ms).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "account/account.h"
#include "base/task.h"

namespace account {

// Held while a request is on the account. Its end makes room for one that waits.
class Turn {
 public:
  Turn(AccountPtr account, std::string_view model);
  ~Turn();
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  AccountPtr account_;
  bool probes_;
};

// Takes the account's next start; milliseconds until it.
int64_t claim_start(Account& account);

// Whom a request wants: pool().pick() with the same arguments.
struct Wish {
  std::string provider, model;
  uint64_t session = 0;
};
// Must a request with this wish wait, although `account` was picked for it? It is busy, or others were first.
bool must_wait(const Account& account, std::string_view provider, std::string_view model);
// Waits for the turn, first come first served, QUEUE_MS at most. Null: in vain. `tried` outlives the wait.
base::Task<AccountPtr> wait_for_turn(uint32_t req, Wish wish, const std::vector<AccountPtr>* tried);

}  // namespace account
