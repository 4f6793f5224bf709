#include "account/limits.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/date.h"
#include "base/text.h"
#include "host/host.h"

namespace account {

namespace {

constexpr int64_t kMinuteMs = 60'000;
constexpr uint32_t kTooMany = 429;
constexpr size_t kMaxKeys = 1024;

bool absent = false;  // this deployment has no such objects

// What this instance counts when nobody else does.
struct Count {
  int64_t minute_ends_ms = 0, requests = 0;
  int64_t day = 0, tokens = 0;  // the day's number since 1970
};
std::map<std::string, Count>& counts() {
  static std::map<std::string, Count> by_key;
  return by_key;
}
Count& count_of(const std::string& id) {
  if (counts().size() >= kMaxKeys && !counts().contains(id)) counts().clear();
  return counts()[id];
}
std::map<std::string, int64_t>& unreported() {
  static std::map<std::string, int64_t> tokens_by_key;
  return tokens_by_key;
}

int64_t seconds(int64_t ms) { return (ms + 999) / 1000; }

struct Refusal {
  bool for_tokens = false;
  int64_t retry_after = 0;  // seconds; 0: not refused
};

Refusal count_here(const ClientKey& key, int64_t now) {
  Count& count = count_of(key.id);
  bool spent = count.day == now / base::kDayMs && count.tokens >= key.tokens_per_day;
  if (key.tokens_per_day && spent) return {true, seconds(base::kDayMs - now % base::kDayMs)};
  if (!key.requests_per_minute) return {};
  if (count.minute_ends_ms <= now) count.minute_ends_ms = now + kMinuteMs, count.requests = 0;
  if (count.requests >= key.requests_per_minute) return {false, seconds(count.minute_ends_ms - now)};
  count.requests++;
  return {};
}

void spend_here(const std::string& id, int64_t tokens) {
  Count& count = count_of(id);
  int64_t today = host::now_ms() / base::kDayMs;
  if (count.day != today) count.day = today, count.tokens = 0;
  count.tokens += tokens;
}

chat::Error refused(const ClientKey& key, Refusal refusal) {
  chat::Error error;
  error.fault = chat::Fault::rate_limited;
  error.retry = true;
  error.retry_after = refusal.retry_after;
  error.code = refusal.for_tokens ? "token_limit_reached" : "rate_limit_exceeded";
  error.message = "This API key may ";
  error.message += refusal.for_tokens ? "use " : "make ";
  base::append_int(error.message, refusal.for_tokens ? key.tokens_per_day : key.requests_per_minute);
  error.message += refusal.for_tokens ? " tokens a day (UTC), and they are spent."
                                      : " requests a minute, and has made them.";
  error.message += " Try again in ";
  base::append_int(error.message, refusal.retry_after);
  error.message += " seconds, or ask the owner of this gateway for more.";
  return error;
}

std::string message_to(std::string_view id, std::string_view verb) {
  return std::string("METER\n").append(id).append("\n").append(verb).append("\n");
}

base::Task<host::Completion> ask(uint32_t req, std::string message) {
  host::Completion said = co_await host::ask(req, message);
  absent = said.status == host::kNoBinding;
  co_return said;
}

}  // namespace

base::Task<std::optional<chat::Error>> admit(uint32_t req, ClientKeyPtr key) {
  if (!key->limited()) co_return std::nullopt;
  Refusal refusal;
  host::Completion said{host::kNoBinding, {}};
  if (!absent) {
    std::string message = message_to(key->id, "enter");
    base::append_int(message, key->requests_per_minute);
    base::append_int(message += '\n', key->tokens_per_day);
    said = co_await ask(req, std::move(message));
  }
  if (said.status == kTooMany) {
    std::string_view after = said.data, what = base::take_until(after, ' ');
    refusal = {what == "tokens", std::max<int64_t>(1, base::to_int(after).value_or(1))};
  } else if (said.status != host::kOk) {
    refusal = count_here(*key, host::now_ms());
  }
  if (!refusal.retry_after) co_return std::nullopt;
  co_return refused(*key, refusal);
}

void note_spent(const ClientKey& key, int64_t tokens) {
  if (key.tokens_per_day && tokens > 0) unreported()[key.id] += tokens;
}

base::Task<> report_spent(uint32_t req) {
  std::map<std::string, int64_t> due = std::exchange(unreported(), {});
  for (const auto& [id, tokens] : due) {
    host::Completion said{host::kNoBinding, {}};
    if (!absent) said = co_await ask(req, message_to(id, "spend") + base::to_text(tokens));
    if (said.status != host::kOk) spend_here(id, tokens);
  }
}

base::Task<> forget_spent(uint32_t req, std::string id) {
  counts().erase(id);
  if (!absent) co_await ask(req, message_to(id, "forget"));
}

}  // namespace account
