#include "base/text.h"
#include "host/abi.h"
#include "http/head.h"
#include "provider/google/errors.h"

namespace provider::google {

namespace {

using Action = Verdict::Action;
using Scope = Verdict::Scope;
using chat::Fault;

constexpr int64_t kMinute = 60'000, kHour = 60 * kMinute;

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
  if (contains(status.message, "leaked") || contains(status.message, "RESTRICTED_AGE") ||
      contains(status.message, "not eligible")) {
    return verdict(Action::needs_login, Fault::no_account, status, "account_ineligible");
  }
  if (status.reason == "SUBSCRIPTION_REQUIRED" || contains(status.message, "#3501")) {
    return verdict(Action::rediscover, Fault::no_account, status, "subscription_required");
  }
  if (status.reason == "SERVICE_DISABLED") {
    return verdict(Action::needs_login, Fault::no_account, status, "service_disabled", status.url);
  }
  return rest(Scope::account, 10 * kMinute, now_ms, Fault::no_account, status, "upstream_forbidden");
}

Verdict exhausted(const Status& status, int64_t now_ms, int64_t header_ms) {
  int64_t said = status.retry_ms >= 0 ? status.retry_ms : header_ms;
  bool daily = contains(status.quota_id, "PerDay") || contains(status.quota_id, "Daily");
  if (daily || status.reason == "QUOTA_EXHAUSTED" || contains(status.message, "limit: 0")) {
    return rest(Scope::model, said >= 0 ? said : kHour, now_ms, Fault::quota_exhausted, status,
                "quota_exhausted");
  }
  // A bare 429 without details is also how content is turned away: a short rest, never hours.
  return rest(Scope::model, said >= 0 ? said : kMinute, now_ms, Fault::rate_limited, status,
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

Verdict broken(uint32_t http, const Status& status, int64_t now_ms) {
  Status said = status;
  if (said.message.empty()) {
    said.message = http == host::kNetwork
                       ? "The upstream could not be reached."
                       : "The upstream answered with HTTP " + base::to_text(http) + " and no usable reason.";
  }
  Verdict to = rest(Scope::account, 2000, now_ms, Fault::upstream, said, "upstream_error");
  to.transient = true;
  to.error.retry = true;
  return to;
}

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
      auto seconds = base::to_int(http::header(headers, "retry-after"));
      return exhausted(status, now_ms, seconds ? *seconds * 1000 : -1);
    }
    case 503: return unavailable(status);
    default: return broken(http, status, now_ms);
  }
}

}  // namespace provider::google
