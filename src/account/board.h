// What all instances know of how the accounts fare: a Durable Object (BOARD) that holds one entry per
// account.
//
// A cooldown or a quarantine that one instance meets holds in all of them, and survives restarts. It is
// posted when it lasts long enough to matter, and so is the recovery after it; an ordinary request posts
// nothing. Every instance reads at most once a minute what has changed. Without the binding each instance
// finds out for itself.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "account/account.h"
#include "base/task.h"

namespace account {

class Board {
 public:
  // Makes sure that what others have posted is known and at most a minute old, and posts what they have not
  // been told. Instances that cannot reach the object go on with what they know.
  base::Task<> sync(uint32_t req);
  // Posts the accounts that are `untold`. Suspends only if there are any.
  base::Task<> tell(uint32_t req);
  // The next sync() reads.
  void expire() { fresh_until_ms_ = 0; }
  // Lets `account`, which is new here, know what has been posted about it.
  void inform(Account& account);

 private:
  struct Entry {
    uint64_t revision;
    std::string text;
  };

  base::Task<> read(uint32_t req);
  base::Task<> post(uint32_t req, AccountPtr account);
  // Takes "REVISION KEY TEXT\n" lines.
  void take(std::string_view lines);

  std::map<std::string, Entry, std::less<>> entries_;  // by key_of()
  uint64_t revision_ = 0;                              // of the board as it was read last
  int64_t fresh_until_ms_ = 0;
  int64_t quiet_until_ms_ = 0;  // after a post that failed
  bool absent_ = false;         // this deployment has no such object
  bool read_once_ = false;
  Flight reading_;
};

// The instance's view of the board.
Board& board();

// What is posted of an account: one line. Rests that are short, or for a transient fault, are left out.
std::string entry_of(const Account& account);
// Takes an entry over. `merge`: the account has news of its own, so what is worse of both holds; otherwise
// the entry is newer than all that is known. A damaged entry changes nothing.
void take_entry(std::string_view text, bool merge, Account& account);

}  // namespace account
