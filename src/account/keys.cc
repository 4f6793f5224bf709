#include "account/keys.h"

#include <map>

#include "base/sha256.h"
#include "base/text.h"
#include "config/settings.h"
#include "host/host.h"

namespace account {

namespace {

constexpr int64_t kFreshMs = 60'000;
constexpr size_t kMaxRemembered = 1024;

struct Known {
  bool allowed;
  int64_t until_ms;
};
// By digest, of the keys that KV was asked about. Bounded, so that guesses cannot fill the memory.
std::map<std::string, Known>& remembered() {
  static std::map<std::string, Known> keys;
  return keys;
}

// Looks at every key whatever the outcome, so that the time does not tell which one came near.
bool is_setting(const std::string& digest) {
  bool found = false;
  for (const std::string& key : config::settings().client_keys)
    found |= base::equals_in_constant_time(key, digest);
  return found;
}

}  // namespace

std::string presented_key(const http::Request& request) {
  std::string_view authorization = request.header("authorization");
  if (base::starts_with_ignoring_case(authorization, "bearer "))
    return std::string(base::trim(authorization.substr(7)));
  for (std::string_view name : {"x-api-key", "x-goog-api-key"}) {
    if (std::string_view key = request.header(name); !key.empty()) return std::string(key);
  }
  return base::query_value(request.query, "key").value_or("");
}

base::Task<bool> client_allowed(uint32_t req, std::string key) {
  std::string digest = base::sha256(key);
  if (is_setting(digest)) co_return true;
  int64_t now = host::now_ms();
  auto known = remembered().find(digest);
  if (known != remembered().end() && known->second.until_ms > now) co_return known->second.allowed;
  std::string name = "key:" + base::hex(digest);
  host::Completion stored = co_await host::get(req, name);
  bool allowed = stored.status == host::kOk;
  if (remembered().size() >= kMaxRemembered) remembered().clear();
  // A storage fault is not a verdict on the key: ask again next time.
  if (allowed || stored.status == host::kNotFound) remembered()[digest] = {allowed, now + kFreshMs};
  co_return allowed;
}

bool admin_allowed(std::string_view key) {
  const std::string& admin = config::settings().admin_key;
  return !admin.empty() && !key.empty() && base::equals_in_constant_time(admin, base::sha256(key));
}

}  // namespace account
