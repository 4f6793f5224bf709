#include "account/directory.h"

#include "base/text.h"
#include "host/host.h"

namespace account {

namespace {

constexpr std::string_view kKey = "accounts";
constexpr std::string_view kPrefix = "account:";
constexpr uint32_t kPauseMs = 1000;

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

size_t find_line(const std::string& lines, const std::string& line) {
  return ("\n" + lines).find("\n" + line);
}

base::Task<bool> note(uint32_t req, std::string key, bool present) {
  std::optional<std::string> keys = co_await record_keys(req);
  if (!keys) co_return false;
  std::string line = key + "\n";
  size_t at = find_line(*keys, line);
  if ((at != keys->npos) == present) co_return true;
  if (present) {
    keys->append(line);
  } else {
    keys->erase(at, line.size());
  }
  co_return co_await write(req, std::move(*keys));
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

base::Task<bool> note_record(uint32_t req, std::string key, bool present) {
  // KV takes one write a second to a key: somebody else may just have had it.
  if (co_await note(req, key, present)) co_return true;
  co_await host::sleep(req, kPauseMs);
  co_return co_await note(req, std::move(key), present);
}

base::Task<> mend_directory(uint32_t req) {
  std::optional<std::string> real = co_await list(req);
  if (!real) co_return;
  host::Completion known = co_await host::get(req, kKey);
  bool found = known.status == host::kOk;
  if (!found && known.status != host::kNotFound) co_return;
  std::string before(found ? known.data : std::string_view());
  for (std::string_view rest = before; !rest.empty();) {
    std::string key(base::take_until(rest, '\n'));
    if (find_line(*real, key + "\n") != real->npos) continue;
    host::Completion record = co_await host::get(req, key);
    if (record.status != host::kNotFound) real->append(key).append("\n");
  }
  if (!found || before != *real) co_await write(req, std::move(*real));
}

}  // namespace account
