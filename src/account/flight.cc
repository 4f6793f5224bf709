#include "account/flight.h"

#include <utility>

#include "host/host.h"

namespace account {

namespace {
constexpr uint32_t kPatienceMs = 15'000;
}

base::Task<bool> Flight::wait(uint32_t req) {
  size_t place = parked_.size();
  parked_.push_back(0);
  // The vector may move while this waits, but not before the id has been written: that happens within
  // await_suspend.
  host::Completion woken = co_await host::Park(req, kPatienceMs, &parked_[place]);
  co_return woken.status == host::kOk;
}

void Flight::land() {
  busy_ = false;
  for (uint32_t op : std::exchange(parked_, {})) host::wake(op);
}

}  // namespace account
