#include "provider/anthropic/judge.h"

#include <algorithm>

#include "base/text.h"
#include "host/abi.h"
#include "http/head.h"
#include "json/document.h"
#include "provider/google/errors.h"

namespace provider::anthropic_errors {

namespace {

using Action = Verdict::Action;
using Scope = Verdict::Scope;
using chat::Fault;

constexpr int64_t kMinute = 60'000, kHour = 60 * kMinute;
constexpr int64_t kShortWaitMs = 3'000;          // worth waiting for with the client on the line
constexpr int64_t kLongestRateMs = 5 * kMinute;  // a limit that lasts longer is a quota by another name

// What an error body says; an HTML page says nothing.
struct Said {
  std::string type, message, code;
  bool has(std::string_view part) const { return message.find(part) != message.npos; }
};
Said read_error(std::string_view body) {
  Said said;
  json::Document document;
  if (document.parse(body) != json::Error::none) return said;
  json::Value error = document.root()["error"];
  said.type = error["type"].str();
  said.message = error["message"].str();
  said.code = error["details"]["error_code"].str();
  if (said.message.empty()) said.message = error.str();
  if (said.message.empty()) said.message = document.root()["message"].str();
  return said;
}

Verdict verdict(Action action, Fault fault, const Said& said, std::string_view code,
                std::string_view hint = {}) {
  Verdict to;
  to.action = action;
  to.error.fault = fault;
  to.error.code = code;
  to.error.message = said.message.empty() ? "The upstream gave no reason." : said.message;
  if (!hint.empty()) to.error.message.append(" ").append(hint);
  return to;
}

Verdict rest(Scope scope, int64_t ms, int64_t now_ms, Fault fault, const Said& said, std::string_view code) {
  Verdict to = verdict(Action::next_account, fault, said, code);
  to.scope = scope;
  to.until_ms = now_ms + ms;
  to.error.retry_after = ms / 1000 + 1;
  to.error.retry = to.error.retry_after <= 60;
  return to;
}

// The client's own fault, in the upstream's words: clients adapt to the field that these name.
Verdict refused(uint32_t status, const Said& said) {
  Verdict to = verdict(Action::fatal, Fault::upstream_refused, said, said.code);
  to.error.status = int(status);
  return to;
}

// A thinking block that this account's model does not know as its own: made by another account, or the
// conversation before it was changed.
bool is_about_thinking(const Said& said) {
  if (said.has("signature") && said.has("thinking")) return true;
  return said.has("`thinking`") && (said.has("cannot be modified") || said.has("Expected `thinking`"));
}

Verdict key_refused(const Said& said) {
  Verdict to = verdict(Action::needs_login, Fault::no_account, said, "upstream_key_invalid");
  to.error.message =
      "The upstream refuses the key of one of this gateway's accounts, not yours: " + to.error.message;
  return to;
}

Verdict bad_request(const Said& said, int64_t now_ms) {
  if (is_about_thinking(said)) {
    return verdict(Action::strip_signatures, Fault::upstream_refused, said, "thinking_signature");
  }
  if (said.has("credit balance is too low")) {
    return rest(Scope::account, kHour, now_ms, Fault::no_account, said, "upstream_billing");
  }
  if (said.has("organization has been disabled")) {
    return verdict(Action::quarantine, Fault::forbidden, said, "account_suspended",
                   "The account is taken out of service; nothing is sent elsewhere in its place.");
  }
  return refused(400, said);
}

Verdict forbidden(const Said& said, int64_t now_ms) {
  if (said.has("Request not allowed")) {
    Verdict to = verdict(Action::fatal, Fault::upstream, said, "upstream_region_blocked",
                         "Anthropic refuses the place this Worker runs at, not your account: set a placement "
                         "hint or a relay base_url.");
    to.transient = true;
    return to;
  }
  if (said.has("disabled") || said.has("suspended") || said.has("violat")) {
    return verdict(Action::quarantine, Fault::forbidden, said, "account_suspended",
                   "The account is taken out of service; nothing is sent elsewhere in its place.");
  }
  return rest(Scope::account, 10 * kMinute, now_ms, Fault::no_account, said, "upstream_forbidden");
}

// The latest of the limits that are used up; -1 if none is said to be.
int64_t until_reset(std::string_view headers, int64_t now_ms) {
  int64_t wait = -1;
  for (std::string_view name : {"requests", "tokens", "input-tokens", "output-tokens"}) {
    std::string stem = "anthropic-ratelimit-" + std::string(name);
    if (http::header(headers, stem + "-remaining") != "0") continue;
    int64_t at = google::timestamp_ms(http::header(headers, stem + "-reset"));
    wait = std::max(wait, at - now_ms);
  }
  // Subscriptions have one limit for all, in seconds since 1970.
  if (auto at = base::to_int(http::header(headers, "anthropic-ratelimit-unified-reset"))) {
    wait = std::max(wait, *at * 1000 - now_ms);
  }
  return wait;
}

Verdict exhausted(const Said& said, std::string_view headers, int64_t now_ms) {
  auto seconds = base::to_int(http::header(headers, "retry-after"));
  int64_t wait = seconds && *seconds >= 0 ? *seconds * 1000 : until_reset(headers, now_ms);
  if (wait > kLongestRateMs) {
    return rest(Scope::account, wait, now_ms, Fault::quota_exhausted, said, "quota_exhausted");
  }
  if (wait >= 0 && wait <= kShortWaitMs) {
    Verdict to = verdict(Action::retry_here, Fault::rate_limited, said, "rate_limit_exceeded");
    to.wait_ms = wait;
    to.error.retry = true;
    to.error.retry_after = wait / 1000 + 1;
    return to;
  }
  return rest(Scope::model, wait >= 0 ? wait : kMinute / 3, now_ms, Fault::rate_limited, said,
              "rate_limit_exceeded");
}

// Nobody's fault: once more with the same account, and the client may come back at once.
Verdict broken(uint32_t status, Said said) {
  bool full = status == 529 || said.type == "overloaded_error";
  if (said.message.empty()) {
    said.message = status == host::kNetwork ? "The upstream could not be reached."
                                            : "The upstream answered with HTTP " + base::to_text(status) +
                                                  " and no usable reason.";
  }
  Verdict to = verdict(Action::retry_here, full ? Fault::overloaded : Fault::upstream, said,
                       full ? "upstream_overloaded" : "upstream_error");
  to.wait_ms = full ? 1000 : 500;
  to.transient = true;
  to.error.retry = true;
  to.error.retry_after = full ? 2 : 1;
  return to;
}

}  // namespace

Verdict judge(uint32_t status, std::string_view headers, std::string_view body, int64_t now_ms) {
  Said said = read_error(body);
  // About a conversation that the upstream keeps: the SDK knows by the code what to send instead.
  if (said.code.starts_with("thread_")) return refused(status, said);
  switch (status) {
    case 400: return bad_request(said, now_ms);
    case 401: return key_refused(said);
    case 402: return rest(Scope::account, kHour, now_ms, Fault::no_account, said, "upstream_billing");
    case 403: return forbidden(said, now_ms);
    case 404: return rest(Scope::model, 12 * kHour, now_ms, Fault::not_found, said, "model_not_found");
    case 413: return verdict(Action::fatal, Fault::too_large, said, "");
    case 429: return exhausted(said, headers, now_ms);
    default:
      return status >= 400 && status < 500 && status != 408 ? refused(status, said) : broken(status, said);
  }
}

}  // namespace provider::anthropic_errors
