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
  ClientKeyPtr key;  // null: it is not one of ours
  int64_t until_ms = 0;
};
// By digest, of the keys that KV was asked about. Bounded, so that guesses cannot fill the memory.
std::map<std::string, Known>& remembered() {
  static std::map<std::string, Known> keys;
  return keys;
}

Known remembered_of(const std::string& digest) {
  auto found = remembered().find(digest);
  return found == remembered().end() ? Known() : found->second;
}

// Looks at every key whatever the outcome, so that the time does not tell which one came near.
ClientKeyPtr of_setting(const std::string& digest) {
  size_t found = 0, place = 0;
  for (const std::string& key : config::settings().client_keys) {
    place++;
    if (base::equals_in_constant_time(key, digest)) found = place;
  }
  if (!found) return nullptr;
  ClientKey key;
  key.id = "env-" + base::to_text(int64_t(found));
  key.name = "API_KEY";
  return std::make_shared<const ClientKey>(std::move(key));
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

base::Task<std::optional<ClientKeyPtr>> find_client(uint32_t req, std::string key) {
  std::string digest = base::sha256(key);
  if (ClientKeyPtr set = of_setting(digest)) co_return set;
  int64_t now = host::now_ms();
  Known known = remembered_of(digest);
  if (known.until_ms > now) co_return known.key;
  std::string hex = base::hex(digest), name = std::string(kKeyPrefix) + hex;
  host::Completion stored = co_await host::get(req, name);
  ClientKeyPtr found;
  // A storage fault is not a verdict on the key: ask again next time.
  if (stored.status != host::kOk && stored.status != host::kNotFound)
    co_return known.key ? std::optional(known.key) : std::nullopt;
  if (stored.status == host::kOk) {
    ClientKey read;
    read.id = key_id(hex);
    read_key_record(stored.data, read);
    found = std::make_shared<const ClientKey>(std::move(read));
  }
  if (remembered().size() >= kMaxRemembered) remembered().clear();
  remembered()[digest] = {found, now + kFreshMs};
  co_return found;
}

void forget_clients() { remembered().clear(); }

bool admin_allowed(std::string_view key) {
  const std::string& admin = config::settings().admin_key;
  return !admin.empty() && !key.empty() && base::equals_in_constant_time(admin, base::sha256(key));
}

}  // namespace account
