// The accounts this instance knows, and which of them serves next.
//
// KV holds one sealed record per account under "account:<id>". The pool reads them all at most once a minute;
// accounts of the ACCOUNTS variable are always there. State (cooldowns, failures) lives in the instance.
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
  // Makes sure the accounts are loaded and at most a minute old. A storage fault is an error only when
  // nothing at all is known; otherwise the older list serves on, or the account whose record was not read.
  base::Task<std::optional<chat::Error>> load(uint32_t req);
  // The list is stale: the next load() reads KV.
  void expire() { fresh_until_ms_ = 0; }
  // A person has acted on account `id`: what is remembered of how it fared no longer counts. Its credential
  // is read anew; requests that are using it go on.
  void forget(std::string_view id);

  // The account for the next attempt, never one of `tried`: of those of `provider` that fit best (see
  // selection.h) those of the best priority, and of these the conversation's own (`session`: any hash; same
  // conversation, same account). One that is busy is picked when no other could serve at once, and one that
  // rests for a transient fault when there is no other at all: the last account is never benched for what is
  // not its fault. Null: nobody.
  AccountPtr pick(std::string_view provider, std::string_view model, uint64_t session,
                  const std::vector<AccountPtr>& tried);
  bool has(std::string_view provider) const;
  // Milliseconds until an account of `provider` may serve `model` again; -1 if that is not a matter of time.
  int64_t ready_in_ms(std::string_view provider, std::string_view model, int64_t now_ms) const;

  const std::vector<AccountPtr>& all() const { return accounts_; }

 private:
  base::Task<> read_all(uint32_t req);
  base::Task<bool> read_records(uint32_t req, std::vector<AccountPtr>& found);
  base::Task<AccountPtr> read_account(uint32_t req, std::string key, bool& all);
  base::Task<> read_environment(uint32_t req, std::vector<AccountPtr>& found);
  AccountPtr known(const Credential& credential) const;
  AccountPtr stored_as(std::string_view key) const;

  std::vector<AccountPtr> accounts_;
  int64_t fresh_until_ms_ = 0;
  bool complete_ = false;  // the last reading found everything there is
  Flight loading_;
};

// The instance's pool.
Pool& pool();

}  // namespace account
