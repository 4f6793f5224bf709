#include "account/turn.h"

#include <algorithm>

#include "account/pool.h"
#include "account/selection.h"
#include "config/settings.h"
#include "host/host.h"

namespace account {

namespace {

constexpr size_t kLongestQueue = 100;
constexpr int64_t kLookMs = 1000;  // who waits looks up now and then: the list of accounts may have changed

struct Waiter {
  std::string_view provider, model;
  uint32_t op = 0;
};

std::vector<Waiter*>& queue() {
  static std::vector<Waiter*> waiting;
  return waiting;
}

// The first that has the same wish; null: nobody waits.
Waiter* first_with(std::string_view provider, std::string_view model) {
  for (Waiter* waiter : queue()) {
    if (waiter->provider == provider && waiter->model == model) return waiter;
  }
  return nullptr;
}

// There may be room on an account of `provider`: for the first of those that wait, whatever their model.
void wake_first(std::string_view provider) {
  for (Waiter* waiter : queue()) {
    if (waiter->provider == provider) return host::wake(waiter->op);
  }
}

// A place in the queue. Whoever leaves it, served or not, wakes the next: a wake that came to one that left
// must not be lost.
class Place {
 public:
  explicit Place(const Wish& wish) : waiter_{wish.provider, wish.model} { queue().push_back(&waiter_); }
  ~Place() {
    std::erase(queue(), &waiter_);
    wake_first(waiter_.provider);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  Waiter& waiter() { return waiter_; }

 private:
  Waiter waiter_;
};

// Until the first of the busy accounts may start another request by its pace, `most` at most.
int64_t next_look_ms(const Wish& wish, int64_t now, int64_t most) {
  for (const AccountPtr& account : pool().all()) {
    bool paced = fit_of(*account, wish.provider, wish.model, now) == Fit::busy;
    if (paced && account->next_start_ms > now) most = std::min(most, account->next_start_ms - now);
  }
  return most;
}

}  // namespace

Turn::Turn(AccountPtr account, std::string_view model) : account_(std::move(account)) {
  account_->in_flight++;
  account_->used_ms = host::now_ms();
  probes_ = half_open(*account_, model, account_->used_ms);
  account_->probes += probes_;
}

Turn::~Turn() {
  account_->in_flight--;
  account_->probes -= probes_;
  wake_first(account_->credential.provider);
}

int64_t claim_start(Account& account) {
  int64_t interval = account.credential.preferences.min_interval_ms;
  if (!interval) return 0;
  int64_t now = host::now_ms(), start = std::max(now, account.next_start_ms);
  account.next_start_ms = start + interval;
  return start - now;
}

bool must_wait(const Account& account, std::string_view provider, std::string_view model) {
  const Preferences& limits = account.credential.preferences;
  if (!limits.max_concurrent && !limits.min_interval_ms) return false;
  return first_with(provider, model) || fit_of(account, provider, model, host::now_ms()) == Fit::busy;
}

base::Task<AccountPtr> wait_for_turn(uint32_t req, Wish wish, const std::vector<AccountPtr>* tried) {
  int64_t deadline = host::now_ms() + config::settings().queue_ms;
  if (queue().size() >= kLongestQueue) co_return nullptr;
  Place place(wish);
  while (true) {
    int64_t now = host::now_ms();
    AccountPtr account = pool().pick(wish.provider, wish.model, wish.session, *tried);
    bool busy = account && (fit_of(*account, wish.provider, wish.model, now) == Fit::busy ||
                            first_with(wish.provider, wish.model) != &place.waiter());
    if (!busy) co_return account;
    if (now >= deadline) co_return nullptr;
    int64_t wait = next_look_ms(wish, now, std::min(deadline - now, kLookMs));
    co_await host::Park(req, uint32_t(wait), &place.waiter().op);
  }
}

}  // namespace account
