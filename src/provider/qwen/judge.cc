#include "provider/qwen/judge.h"

#include <algorithm>

#include "base/text.h"
#include "http/head.h"
#include "json/document.h"
#include "provider/openai/judge.h"

namespace provider::qwen_service {

namespace {

using Action = Verdict::Action;
using Scope = Verdict::Scope;
using chat::Fault;

constexpr int64_t kSecond = 1000, kHour = 3600 * kSecond, kDay = 24 * kHour;
constexpr int64_t kBeijing = 8 * kHour;  // ahead of UTC, all year

// The service's words, in lower case.
constexpr std::string_view kSpent[] = {
    "insufficient_quota",   "quota_exceeded",       "free allocated quota",  "exceeded your current quota",
    "hour allocated quota", "week allocated quota", "month allocated quota", "freetieronly"};
// Said of the tokens of a minute, or of requests at a time.
constexpr std::string_view kBusy[] = {"allocated quota exceeded, please increase",
                                      "concurrency allocated quota"};
constexpr std::string_view kUnpaid[] = {"arrearage", "overdue-payment", "billoverdue"};
constexpr std::string_view kNoModel[] = {"model_not_found", "model not exist", "model.accessdenied",
                                         "accessdenied.unpurchased"};

template <size_t size>
bool has_any(std::string_view text, const std::string_view (&words)[size]) {
  return std::any_of(words, words + size,
                     [&](std::string_view word) { return text.find(word) != text.npos; });
}

// Quotas of a day begin anew at midnight in Beijing.
int64_t next_midnight(int64_t now_ms) { return ((now_ms + kBeijing) / kDay + 1) * kDay - kBeijing; }

Verdict& become(Verdict& to, Action action, Fault fault, std::string_view code) {
  to.action = action;
  to.error.fault = fault;
  to.error.status = 0;
  to.error.code = code;
  return to;
}

Verdict& rest(Verdict& to, Scope scope, int64_t ms, int64_t now_ms) {
  to.scope = scope;
  to.until_ms = now_ms + ms;
  to.error.retry_after = ms / kSecond;
  return to;
}

}  // namespace

// Nobody's account is at fault.
bool is_firewall(uint32_t status, std::string_view headers, int64_t now_ms, Verdict& to) {
  bool is_page = http::header(headers, "content-type").find("html") != std::string_view::npos;
  if (!is_page || status >= 500) return false;
  to = openai_service::egress_blocked(
      "Alibaba's firewall answered with a web page in place of the model: it refuses the place this Worker "
      "sends from, not your account. Try again, or set the account's base_url to a relay of your own.",
      now_ms);
  return true;
}

Verdict judge(uint32_t status, std::string_view headers, std::string_view body, int64_t now_ms) {
  Verdict to = openai_service::judge(status, headers, body, now_ms);
  if (is_firewall(status, headers, now_ms, to)) return to;
  // DashScope's own shape has its code at the top.
  json::Document document;
  if (to.error.code.empty() && document.parse(body) == json::Error::none)
    to.error.code = document.root()["code"].str();
  if (to.action == Action::rediscover) to.action = Action::fatal;

  std::string said = base::lower(body.substr(0, 4096));
  bool refused = status >= 400 && status < 500;
  bool limited = status == 403 || status == 429;
  if (limited && has_any(said, kBusy)) {
    become(to, Action::next_account, Fault::rate_limited, "rate_limit_exceeded");
    return rest(to, Scope::model, 60 * kSecond, now_ms);
  }
  if (refused && has_any(said, kUnpaid))
    return become(to, Action::needs_login, Fault::no_account, "arrearage");
  if (limited && has_any(said, kSpent)) {
    become(to, Action::next_account, Fault::quota_exhausted, "insufficient_quota");
    to.error.retry = false;
    return rest(to, Scope::account, next_midnight(now_ms) - now_ms, now_ms);
  }
  if (refused && has_any(said, kNoModel)) {
    become(to, Action::next_account, Fault::not_found, "model_not_found");
    return rest(to, Scope::model, kHour, now_ms);
  }
  if (status == 401 || status == 403)
    return become(to, Action::refresh, Fault::no_account, "upstream_token_invalid");
  if (status == 504) {
    to.action = Action::retry_here;
    to.wait_ms = kSecond / 2;
  }
  return to;
}

}  // namespace provider::qwen_service
