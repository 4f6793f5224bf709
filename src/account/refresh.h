// Keeping a credential fresh: one exchange of all instances does the work, the others wait for its outcome.
#pragma once

#include <cstdint>
#include <optional>

#include "account/account.h"
#include "base/task.h"
#include "chat/error.h"

namespace account {

struct Renewal {
  // Is the credential good as it is?
  bool (*fresh)(const Account& account, int64_t now_ms);
  // Makes it so, in place. Trades of single-use secrets go through provider::call_once().
  base::Task<std::optional<chat::Error>> (*renew)(uint32_t req, Account& account);
};

// Brings the account's credential up to date: with what another instance has obtained, else by renewal.renew
// under the account's lease. A credential that changed is stored before this returns. Goes on although the
// exchange's client leaves. While another holds the lease, or nobody grants it, a credential that is good for
// some time yet serves on, and that is no error.
base::Task<std::optional<chat::Error>> refresh(uint32_t req, AccountPtr account, Renewal renewal);

}  // namespace account
