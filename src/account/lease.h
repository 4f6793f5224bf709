// The right to make an account's next credential, which one exchange of all instances has at a time.
//
// Many upstreams give a new refresh token for the old one, once: who trades the old one again kills the
// login. KV lags behind and cannot arbitrate, so the account's Durable Object does (js-shim/vault.js): it
// knows the latest generation of the credential, grants the lease, sends the trade, and writes its outcome
// down before anybody hears of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "account/account.h"
#include "base/task.h"

namespace account {

// What became of a request to the vault.
enum class Grant : uint8_t {
  granted,
  local,        // this deployment has no vault: the instance decides alone
  newer,        // the account's credential was out of date; it has been brought up to date
  gone,         // the account has been removed
  lost,         // the lease had run out
  busy,         // another exchange holds it
  unsealed,     // there is no secret to seal it with: nothing can be kept
  unavailable,  // the vault failed
};

class Lease {
 public:
  // Belongs to exchange `req`, one per exchange. Should it die before commit() or release(), the vault lets
  // it run out.
  Lease(uint32_t req, AccountPtr account);
  ~Lease();
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  // Asks for the lease. While another holds it, a `patient` one waits, 20 s at most.
  base::Task<Grant> take(bool patient);
  // Stores the account's credential as its next generation. Ends the lease, unless that is `unsealed`.
  base::Task<Grant> commit();
  // Nothing came of it. Ends the lease.
  base::Task<> release();
  // Has a trade been sent without an answer? The vault may have one: only if the lease runs out by itself is
  // it there for the next holder.
  bool unheard() const { return unheard_; }
  // Why the last step was `unavailable` or `unsealed`, for people.
  const std::string& problem() const { return problem_; }

 private:
  friend base::Task<std::optional<std::string>> send_leased(uint32_t req, std::string message);

  uint32_t req_;
  AccountPtr account_;
  std::string token_;  // empty: not granted, or there is no vault
  bool unheard_ = false;
  std::string problem_;
};

// Sends `message`, a trade of a single-use secret ("POST URL\nname: value\n...\n\nbody"), by way of the vault
// whose lease the exchange holds: at most once, even if an earlier holder is gone before its answer came.
// "STATUS\nname: value\n...\n\nbody"; nothing if the exchange holds no lease of a vault, and must send it
// itself.
base::Task<std::optional<std::string>> send_leased(uint32_t req, std::string message);

}  // namespace account
