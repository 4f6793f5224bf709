#include "provider/codex/limits.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "http/head.h"

namespace provider::chatgpt {

namespace {

constexpr std::string_view kWindows[] = {"primary", "secondary"};

// What `headers` say of a window; `used` is -1 if that is nothing.
Quota read_window(std::string_view headers, std::string_view window, int64_t now_ms) {
  std::string name = "x-codex-" + std::string(window);
  Quota quota;
  quota.name = std::string(window) + " window";
  quota.unit = "percent";
  quota.limit = 100;
  quota.used = base::number_to_int(http::header(headers, name + "-used-percent")).value_or(-1);
  auto at = base::to_int(http::header(headers, name + "-reset-at"));
  auto after = base::to_int(http::header(headers, name + "-reset-after-seconds"));
  if (at) quota.resets_ms = *at * 1000;
  if (!at && after) quota.resets_ms = now_ms + *after * 1000;
  return quota;
}

// The last head that told of windows, by account, after the time when it came.
std::map<std::string, std::string>& heard() {
  static std::map<std::string, std::string> by_account;
  return by_account;
}

}  // namespace

int64_t full_until_ms(std::string_view headers, int64_t now_ms) {
  for (std::string_view name : {"x-codex-credits-has-credits", "x-codex-credits-unlimited"}) {
    if (base::equals_ignoring_case(http::header(headers, name), "true")) return 0;
  }
  int64_t latest = 0;
  for (std::string_view window : kWindows) {
    Quota quota = read_window(headers, window, now_ms);
    if (quota.used >= 100) latest = std::max(latest, quota.resets_ms);
  }
  return latest;
}

void note_limits(account::Account& account, std::string_view headers, int64_t now_ms) {
  if (http::header(headers, "x-codex-primary-used-percent").empty()) return;
  heard()[account.credential.id] = base::to_text(now_ms) + "\n" + std::string(headers);
  int64_t until = full_until_ms(headers, now_ms);
  if (until > now_ms)
    account::rest(account, {}, true, until, false, "The subscription's window is used up until it is back.");
}

std::vector<Quota> limits_of(const account::Account& account, int64_t now_ms) {
  std::string_view headers = heard()[account.credential.id];
  int64_t heard_ms = base::to_int(base::take_until(headers, '\n')).value_or(0);
  std::vector<Quota> windows;
  for (std::string_view window : kWindows) {
    Quota quota = read_window(headers, window, heard_ms);
    bool past = quota.resets_ms && quota.resets_ms <= now_ms;
    if (quota.used >= 0 && !past) windows.push_back(std::move(quota));
  }
  return windows;
}

}  // namespace provider::chatgpt
