#include "account/directory.h"

#include "host/host.h"

namespace account {

namespace {

constexpr std::string_view kKey = "accounts";
constexpr std::string_view kPrefix = "account:";

base::Task<bool> write(uint32_t req, std::string keys) {
  std::string message = std::string(kKey) + "\n0\n" + keys;
  host::Completion put = co_await host::put(req, message);
  co_return put.status == host::kOk;
}

base::Task<std::optional<std::string>> list(uint32_t req) {
  host::Completion listed = co_await host::list(req, kPrefix);
  if (listed.status != host::kOk) co_return std::nullopt;
  co_return std::string(listed.data);
}

}  // namespace

base::Task<std::optional<std::string>> record_keys(uint32_t req) {
  host::Completion known = co_await host::get(req, kKey);
  if (known.status == host::kOk) co_return std::string(known.data);
  if (known.status != host::kNotFound) co_return std::nullopt;
  std::optional<std::string> keys = co_await list(req);
  if (keys) co_await write(req, *keys);
  co_return keys;
}

base::Task<> note_record(uint32_t req, std::string key, bool present) {
  std::optional<std::string> keys = co_await record_keys(req);
  if (!keys) co_return;
  std::string line = key + "\n";
  size_t at = ("\n" + *keys).find("\n" + line);
  if ((at != keys->npos) == present) co_return;
  if (present) {
    keys->append(line);
  } else {
    keys->erase(at, line.size());
  }
  co_await write(req, std::move(*keys));
}

base::Task<> mend_directory(uint32_t req) {
  std::optional<std::string> real = co_await list(req);
  if (!real) co_return;
  host::Completion known = co_await host::get(req, kKey);
  if (known.status == host::kOk && known.data == *real) co_return;
  co_await write(req, std::move(*real));
}

}  // namespace account
