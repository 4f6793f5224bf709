#include "gateway/catalog.h"

#include "account/board.h"
#include "account/pool.h"
#include "host/host.h"
#include "provider/descriptor.h"
#include "provider/provider.h"

namespace gateway {

namespace {
constexpr int64_t kFreshMs = 60'000;
int64_t fresh_until_ms = 0;
}  // namespace

base::Task<std::optional<chat::Error>> load_catalog(uint32_t req) {
  // Set before the read: the requests that come meanwhile go on with what is known, the built-in descriptors
  // at least.
  if (fresh_until_ms <= host::now_ms()) {
    fresh_until_ms = host::now_ms() + kFreshMs;
    co_await provider::load_descriptors(req);
  }
  auto problem = co_await account::pool().load(req);
  co_await account::board().sync(req);
  for (const account::AccountPtr& account : account::pool().all()) {
    if (account->state != account::State::ready) continue;
    const provider::Provider* provider = provider::find(account->credential.provider);
    if (provider && provider->ended(*account))
      account::stop(*account, account::State::retired, provider->status());
  }
  co_return problem;
}

void expire_descriptors() { fresh_until_ms = 0; }

}  // namespace gateway
