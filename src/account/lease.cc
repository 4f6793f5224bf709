#include "account/lease.h"

#include <algorithm>
#include <vector>

#include "account/vault.h"
#include "base/text.h"
#include "host/host.h"

namespace account {

namespace {

// Longer than any trade takes, waits for a slow endpoint and a discovery included.
constexpr int64_t kLeaseMs = 90'000;
constexpr uint32_t kPatienceMs = 20'000;
constexpr uint32_t kFirstPauseMs = 200, kLongestPauseMs = 1'600;

std::vector<Lease*>& leases() {
  static std::vector<Lease*> all;  // at most one per account that is being refreshed
  return all;
}

}  // namespace

Lease::Lease(uint32_t req, AccountPtr account) : req_(req), account_(std::move(account)) {
  leases().push_back(this);
}
Lease::~Lease() { std::erase(leases(), this); }

base::Task<Grant> Lease::take(bool patient) {
  uint32_t pause = kFirstPauseMs;
  for (uint32_t waited = 0;; waited += pause, pause = std::min(2 * pause, kLongestPauseMs)) {
    std::string body = base::to_text(account_->credential.generation) + "\n" + base::to_text(kLeaseMs);
    VaultAnswer answer = co_await ask_vault(req_, record_key(*account_), "lease", std::move(body));
    if (answer.grant == Grant::granted) token_ = std::move(answer.text);
    if (answer.grant == Grant::newer) answer.grant = co_await take_over(req_, account_, answer.text);
    if (answer.grant == Grant::unavailable) problem_ = std::move(answer.text);
    if (answer.grant != Grant::busy || !patient || waited >= kPatienceMs) co_return answer.grant;
    co_await host::sleep(req_, pause);
  }
}

base::Task<Grant> Lease::commit() {
  VaultAnswer answer = co_await write_next(req_, account_, "commit", token_ + "\n");
  problem_ = std::move(answer.text);
  if (answer.grant != Grant::unsealed) token_.clear();
  co_return answer.grant;
}

base::Task<> Lease::release() {
  if (token_.empty()) co_return;
  co_await ask_vault(req_, record_key(*account_), "release", std::exchange(token_, {}));
}

base::Task<std::optional<std::string>> send_leased(uint32_t req, std::string message) {
  auto held =
      std::find_if(leases().begin(), leases().end(), [&](Lease* lease) { return lease->req_ == req; });
  if (held == leases().end() || (*held)->token_.empty()) co_return std::nullopt;
  Lease& lease = **held;
  std::string key = record_key(*lease.account_), body = lease.token_ + "\n" + message;
  VaultAnswer answer = co_await ask_vault(req, key, "send", body);
  if (answer.grant == Grant::unavailable) {
    // It may have been sent all the same: the vault knows, and gives the answer that it has written down.
    co_await host::sleep(req, kFirstPauseMs);
    answer = co_await ask_vault(req, std::move(key), "send", std::move(body));
  }
  if (answer.grant == Grant::granted) co_return std::move(answer.text);
  lease.unheard_ = true;
  co_return base::to_text(int64_t(host::kNetwork)) + "\n\nthe vault did not answer";
}

}  // namespace account
