// The accounts this instance knows, and which of them serves next.
//
// KV holds one sealed record per account under "account:<id>". The pool reads them all at most once a minute; accounts of
// the ACCOUNTS variable are always there. State (cooldowns, failures) lives in the instance.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "account/account.h"
#include "base/task.h"
#include "chat/error.h"

namespace account {

class Pool {
 public:
  // Makes sure the accounts are loaded and at most a minute old. A storage fault is an error only when nothing at all is
  // known; otherwise the older list serves on.
  base::Task<std::optional<chat::Error>> load(uint32_t req);
  // The list is stale: the next load() reads KV.
  void expire() { loaded_ms_ = 0; }

  // The account for the next attempt: ready ones of `provider` that may serve `model`, the conversation's own first
  // (`session`: any hash; same conversation, same account), never one of `tried`. With none ready, the one whose cooldown
  // ends first, if it is the provider's last and the cooldown was for a transient fault. Null: nobody.
  AccountPtr pick(std::string_view provider, std::string_view model, uint64_t session,
                  const std::vector<AccountPtr>& tried);
  bool has(std::string_view provider) const;
  // Milliseconds until an account of `provider` may serve `model` again; -1 if that is not a matter of time.
  int64_t ready_in_ms(std::string_view provider, std::string_view model, int64_t now_ms) const;

  const std::vector<AccountPtr>& all() const { return accounts_; }

 private:
  base::Task<bool> read_records(uint32_t req);
  void merge_environment();
  std::vector<AccountPtr> accounts_;
  int64_t loaded_ms_ = 0;
};

// The instance's pool.
Pool& pool();

}  // namespace account
