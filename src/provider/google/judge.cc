#include <algorithm>

#include "base/text.h"
#include "host/abi.h"
#include "http/head.h"
#include "provider/google/errors.h"

namespace provider::google {

namespace {

using Action = Verdict::Action;
using Scope = Verdict::Scope;
using chat::Fault;

constexpr int64_t kMinute = 60'000, kHour = 60 * kMinute, kDay = 24 * kHour;
constexpr int64_t kShortWaitMs = 3'000;          // worth waiting for with the client on the line
constexpr int64_t kLongestRateMs = 5 * kMinute;  // a rate limit that lasts longer is a quota by another name

// Google's daily quotas come back at midnight in California, taken for UTC-8 all year: an hour late in
// summer.
int64_t until_daily_reset(int64_t now_ms) { return kDay - (now_ms + kDay - 8 * kHour) % kDay; }

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

Verdict verdict(Action action, Fault fault, const Status& status, std::string_view code,
                std::string_view hint = {}) {
  Verdict to;
  to.action = action;
  to.error.fault = fault;
  to.error.code = code;
  to.error.message = status.message.empty() ? "The upstream gave no reason." : status.message;
  if (!hint.empty()) to.error.message.append(" ").append(hint);
  return to;
}

Verdict rest(Scope scope, int64_t ms, int64_t now_ms, Fault fault, const Status& status,
             std::string_view code) {
  Verdict to = verdict(Action::next_account, fault, status, code);
  to.scope = scope;
  to.until_ms = now_ms + ms;
  to.error.retry_after = ms / 1000 + 1;
  to.error.retry = to.error.retry_after <= 60;
  return to;
}

Verdict bad_request(const Status& status, int64_t now_ms) {
  if (contains(status.message, "User location is not supported")) {
    Verdict to = verdict(
        Action::fatal, Fault::upstream, status, "upstream_region_blocked",
        "Google refuses the place this Worker runs at, not your account: set a placement hint or a relay "
        "base_url.");
    to.transient = true;
    return to;
  }
  if (contains(status.message, "API key not valid") || status.reason == "API_KEY_INVALID") {
    return verdict(Action::needs_login, Fault::no_account, status, "upstream_key_invalid");
  }
  if (contains(status.message, "projects/") && contains(status.message, "Invalid project")) {
    return verdict(Action::rediscover, Fault::upstream, status, "upstream_project_invalid");
  }
  if (contains(status.message, "thought_signature") || contains(status.message, "thought signature") ||
      contains(status.message, "Thought signature")) {
    return verdict(Action::strip_signatures, Fault::upstream_refused, status, "thought_signature");
  }
  if (status.status == "FAILED_PRECONDITION" && contains(status.message, "billing")) {
    return rest(Scope::account, kHour, now_ms, Fault::no_account, status, "upstream_billing");
  }
  if (!status.unknown.empty()) {
    Verdict to = verdict(Action::drop_fields, Fault::upstream_refused, status, "unknown_field");
    to.fields = status.unknown;
    return to;
  }
  return verdict(Action::fatal, Fault::upstream_refused, status, "");
}

Verdict forbidden(const Status& status, int64_t now_ms) {
  if (contains(status.message, "violation of Terms") || contains(status.message, "has been suspended")) {
    return verdict(Action::quarantine, Fault::forbidden, status, "account_suspended",
                   "The account is taken out of service; nothing is sent elsewhere in its place.");
  }
  if (status.reason == "VALIDATION_REQUIRED") {
    return verdict(Action::needs_login, Fault::no_account, status, "validation_required",
                   status.url.empty() ? std::string_view("Verify the account with Google.")
                                      : std::string_view(status.url));
  }
  if (contains(status.message, "leaked") || status.reason.starts_with("API_KEY_")) {
    return verdict(Action::needs_login, Fault::no_account, status, "upstream_key_invalid");
  }
  if (status.reason == "RESTRICTED_AGE" || contains(status.message, "RESTRICTED_AGE") ||
      contains(status.message, "not eligible")) {
    return verdict(Action::needs_login, Fault::no_account, status, "account_ineligible");
  }
  bool foreign = contains(status.message, "denied on resource project") ||
                 contains(status.message, "caller does not have permission");
  if (status.reason == "CONSUMER_INVALID" || foreign) {
    return verdict(Action::rediscover, Fault::no_account, status, "upstream_project_invalid");
  }
  if (status.reason == "SUBSCRIPTION_REQUIRED" || contains(status.message, "#3501")) {
    return verdict(Action::rediscover, Fault::no_account, status, "subscription_required");
  }
  if (status.reason == "SERVICE_DISABLED") {
    return verdict(Action::needs_login, Fault::no_account, status, "service_disabled", status.url);
  }
  return rest(Scope::account, 10 * kMinute, now_ms, Fault::no_account, status, "upstream_forbidden");
}

// A quota is gone for hours, a rate limit for seconds; a bare 429 without details is also how content is
// turned away, so it rests a minute and never longer.
Verdict exhausted(const Status& status, int64_t now_ms, int64_t header_ms, bool is_key) {
  int64_t said = status.retry_ms;
  if (said < 0 && status.reset_at_ms > now_ms) said = status.reset_at_ms - now_ms;
  if (said < 0) said = header_ms;
  bool daily = is_daily(status.quota_id);
  bool gone = daily || status.reason == "QUOTA_EXHAUSTED" || contains(status.message, "limit: 0") ||
              status.reason == "INSUFFICIENT_G1_CREDITS_BALANCE" || said > kLongestRateMs;
  if (gone) {
    int64_t ms = said >= 0 ? said : kHour;
    if (daily && is_key)
      ms = std::max(ms, until_daily_reset(now_ms));  // what is said there is a minute's limit
    Verdict to = rest(Scope::model, ms, now_ms, Fault::quota_exhausted, status, "quota_exhausted");
    to.payable = !is_key;
    return to;
  }
  if (said >= 0 && said <= kShortWaitMs) {
    Verdict to = verdict(Action::retry_here, Fault::rate_limited, status, "rate_limit_exceeded");
    to.wait_ms = said;
    to.error.retry = true;
    to.error.retry_after = said / 1000 + 1;
    return to;
  }
  int64_t unsaid = status.reason == "RATE_LIMIT_EXCEEDED" ? kMinute / 6 : kMinute;
  return rest(Scope::model, said >= 0 ? said : unsaid, now_ms, Fault::rate_limited, status,
              "rate_limit_exceeded");
}

Verdict unavailable(const Status& status) {
  bool capacity = status.reason == "MODEL_CAPACITY_EXHAUSTED" || contains(status.message, "overloaded") ||
                  contains(status.message, "No capacity");
  Verdict to = verdict(Action::retry_here, Fault::overloaded, status,
                       capacity ? "upstream_capacity_exhausted" : "upstream_unavailable");
  to.wait_ms = 1000;
  to.transient = true;
  to.error.retry = true;
  to.error.retry_after = 2;
  return to;
}

// Nobody's fault: once more with the same account, and the client may come back at once.
Verdict broken(uint32_t http, const Status& status) {
  Status said = status;
  if (said.message.empty()) {
    said.message = http == host::kNetwork
                       ? "The upstream could not be reached."
                       : "The upstream answered with HTTP " + base::to_text(http) + " and no usable reason.";
  }
  Verdict to = verdict(Action::retry_here, Fault::upstream, said, "upstream_error");
  to.wait_ms = 500;
  to.transient = true;
  to.error.retry = true;
  to.error.retry_after = 1;
  return to;
}

bool is_requests_fault(uint32_t http) { return http >= 400 && http < 500 && http != 408 && http != 499; }

}  // namespace

Verdict judge(uint32_t http, std::string_view headers, std::string_view body, int64_t now_ms, bool is_key) {
  Status status = read_status(body);
  switch (http) {
    case 400: return bad_request(status, now_ms);
    case 401:
      if (is_key) return verdict(Action::needs_login, Fault::no_account, status, "upstream_key_invalid");
      return verdict(Action::refresh, Fault::no_account, status, "upstream_token_invalid");
    case 403: return forbidden(status, now_ms);
    case 404: return rest(Scope::model, 12 * kHour, now_ms, Fault::not_found, status, "model_not_found");
    case 413: return verdict(Action::fatal, Fault::too_large, status, "");
    case 429: {
      if (status.reason == "MODEL_CAPACITY_EXHAUSTED") return unavailable(status);
      auto seconds = base::to_int(http::header(headers, "retry-after"));
      return exhausted(status, now_ms, seconds ? *seconds * 1000 : -1, is_key);
    }
    case 503: return unavailable(status);
    default:
      if (is_requests_fault(http)) return verdict(Action::fatal, Fault::upstream_refused, status, "");
      return broken(http, status);
  }
}

}  // namespace provider::google
