#include "provider/kiro/judge.h"

#include <algorithm>

#include "base/text.h"
#include "host/abi.h"
#include "http/head.h"
#include "json/document.h"
#include "provider/kiro/identity.h"

namespace provider::amazon {

namespace {

using Action = Verdict::Action;
using Scope = Verdict::Scope;
using chat::Fault;

constexpr int64_t kMinute = 60'000, kHour = 60 * kMinute, kDay = 24 * kHour;

// An error as it came.
struct Said {
  uint32_t status = 0;
  std::string type, message, reason;
  std::string all;  // type, reason and message in one, to look for words in
  int64_t retry_after_ms = -1;
};

Said read(uint32_t status, std::string_view headers, std::string_view body) {
  Said said;
  said.status = status;
  json::Document document;
  if (document.parse(body) == json::Error::none) {
    json::Value root = document.root();
    said.message = root["message"].is_string() ? root["message"].str() : root["Message"].str();
    said.reason = root["reason"].str();
    if (said.reason.empty()) said.reason = root["error"]["reason"].str();
    if (said.message.empty()) said.message = root["error"]["message"].str();
    std::string type = root["__type"].str();
    said.type = type.substr(type.find('#') + 1);
  } else if (body.find("<html") == body.npos && body.find("<!DOCTYPE") == body.npos) {
    said.message = body.substr(0, 300);
  }
  std::string_view header = http::header(headers, "x-amzn-errortype");
  if (said.type.empty()) said.type = header.substr(0, header.find(':'));
  if (auto seconds = base::to_int(http::header(headers, "retry-after")))
    said.retry_after_ms = *seconds * 1000;
  said.all = said.type + " " + said.reason + " " + said.message;
  return said;
}

// Inside an answer the type stands for the status.
uint32_t status_of(const Said& said) {
  constexpr struct {
    std::string_view type;
    uint32_t status;
  } kTypes[] = {
      {"Throttling", 429},       {"Validation", 400},   {"AccessDenied", 403}, {"ServiceQuotaExceeded", 402},
      {"ResourceNotFound", 404}, {"Unauthorized", 401}, {"ExpiredToken", 401},
  };
  if (said.status != 200) return said.status;
  for (const auto& known : kTypes) {
    if (said.type.starts_with(known.type)) return known.status;
  }
  return 500;
}

bool has(const Said& said, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return said.all.find(word) != said.all.npos; });
}

Verdict verdict(Action action, Fault fault, const Said& said, std::string_view code,
                std::string_view hint = {}) {
  Verdict to;
  to.action = action;
  to.error.fault = fault;
  to.error.code = code;
  to.error.message = !said.message.empty()  ? said.message
                     : !said.reason.empty() ? said.reason
                                            : "Kiro answered with HTTP " + base::to_text(said.status) + ".";
  if (!hint.empty()) to.error.message.append(" ").append(hint);
  return to;
}

Verdict rest(Scope scope, int64_t ms, int64_t now_ms, Fault fault, const Said& said, std::string_view code,
             std::string_view hint = {}) {
  Verdict to = verdict(Action::next_account, fault, said, code, hint);
  to.scope = scope;
  to.until_ms = now_ms + ms;
  to.error.retry_after = ms / 1000 + 1;
  to.error.retry = to.error.retry_after <= 60;
  return to;
}

// No way that has been tried leads there; whether one does is the account's matter, not the model's.
Verdict unreached(Fault fault, const Said& said, std::string_view code, std::string_view hint = {}) {
  Verdict to = verdict(Action::reroute, fault, said, code, hint);
  to.scope = Scope::account;
  return to;
}

Verdict again(Fault fault, int64_t wait_ms, const Said& said, std::string_view code) {
  Verdict to = verdict(Action::retry_here, fault, said, code);
  to.wait_ms = wait_ms;
  to.transient = true;
  to.error.retry = true;
  to.error.retry_after = 2;
  return to;
}

// Days from 1970 to the first of the next month.
int64_t next_month_ms(int64_t now_ms) {
  constexpr int64_t kLengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int64_t days = now_ms / kDay, sum = 0;
  for (int64_t year = 1970;; year++) {
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    for (int64_t month = 0; month < 12; month++) {
      sum += kLengths[month] + (month == 1 && leap ? 1 : 0);
      if (sum > days) return sum * kDay;
    }
  }
}

// The account itself is stopped or used up.
std::optional<Verdict> of_account(const Said& said, uint32_t status, int64_t now_ms) {
  bool locked = has(said, {"TEMPORARILY_SUSPENDED", "temporarily is suspended", "temporarily suspended"}) ||
                (status == 403 && has(said, {"is suspended", "locked your account", "security precaution"}));
  if (locked) {
    return verdict(Action::quarantine, Fault::forbidden, said, "account_suspended",
                   "Amazon has locked this account; only its support can unlock it.");
  }
  if (has(said, {"suspicious activity"})) {
    Verdict to = rest(Scope::account, kHour / 2, now_ms, Fault::rate_limited, said, "account_flagged",
                      "Amazon limits this account for a while; let it rest.");
    to.last_move = to.firm = true;
    return to;
  }
  bool conversation = has(said, {"CONVERSATION_LIMIT_EXCEEDED"});
  bool daily = has(said, {"DAILY_REQUEST_COUNT"});
  bool monthly = has(said, {"MONTHLY_REQUEST_COUNT", "OVERAGE_REQUEST_LIMIT_EXCEEDED"});
  if (monthly || daily || (status == 402 && !conversation)) {
    int64_t back = daily && !monthly ? now_ms + kDay - now_ms % kDay : next_month_ms(now_ms);
    Verdict to = rest(Scope::account, back - now_ms, now_ms, Fault::quota_exhausted, said, "quota_exhausted",
                      monthly ? "The plan's credits of this month are used up." : "");
    to.firm = to.guessed = true;
    return to;
  }
  if (conversation)
    return verdict(Action::new_conversation, Fault::upstream_refused, said, "conversation_limit");
  bool of_model = status == 403 && has(said, {"this model", "This model"});
  if (of_model || has(said, {"FEATURE_NOT_SUPPORTED", "UNAUTHORIZED_"})) {
    return rest(Scope::model, kHour, now_ms, Fault::forbidden, said, "feature_not_supported",
                "The account's plan or its administrator does not allow this.");
  }
  return std::nullopt;
}

// The request is wrong, whatever status says so: these come as 5xx, too.
std::optional<Verdict> of_request(const Said& said, int64_t now_ms) {
  if (has(said, {"CONTENT_LENGTH_EXCEEDS_THRESHOLD", "PROMPT_TOO_LONG", "Input is too long",
                 "ContentLengthExceeded"})) {
    return verdict(Action::fatal, Fault::upstream_refused, said, "context_length_exceeded");
  }
  if (has(said, {"INVALID_MODEL_ID", "Invalid model"})) {
    return rest(Scope::model, kHour, now_ms, Fault::not_found, said, "model_not_found",
                "The account's plan does not have this model. GET /v1/models lists those it has.");
  }
  if (has(said, {"THINKING_SIGNATURE_INVALID"})) {
    return verdict(Action::strip_signatures, Fault::upstream_refused, said, "thinking_signature");
  }
  if (has(said, {"profileArn is required", "not authorized to make this call", "UnknownOperation"})) {
    return unreached(
        Fault::no_account, said, "upstream_profile",
        "No host of Kiro takes this account's requests. Set its profile_arn, or use an API key.");
  }
  bool named = has(said, {"TOOL_USE_RESULT_MISMATCH", "TOOL_SCHEMA_INVALID", "TOOL_DUPLICATE",
                          "TOOL_CONFIG_MISSING", "Expected toolResult blocks", "Invalid tool use format",
                          "IMAGE_", "DOCUMENT_", "image exceeds", "too many images"});
  if (named) return verdict(Action::fatal, Fault::upstream_refused, said, "upstream_refused");
  if (has(said, {"Improperly formed request", "REQUEST_BODY_INVALID"})) {
    Verdict to =
        verdict(Action::flatten_tools, Fault::upstream_refused, said, "upstream_refused",
                "Kiro gives no reason. If the conversation is long, shorten it; else report the request.");
    to.too_long_from = size_t(base::to_int(descriptor().value("old_max_request")).value_or(0));
    return to;
  }
  return std::nullopt;
}

std::optional<Verdict> of_capacity(const Said& said) {
  bool full =
      has(said, {"INSUFFICIENT_MODEL_CAPACITY", "unexpectedly high load", "MODEL_TEMPORARILY_UNAVAILABLE"});
  if (!full) return std::nullopt;
  return again(Fault::overloaded, 1000, said, "upstream_capacity_exhausted");
}

bool is_token_refused(const Said& said, uint32_t status) {
  return status == 401 || (status == 403 && has(said, {"bearer token", "expired", "ExpiredToken"})) ||
         (status == 400 && has(said, {"Invalid token"}));
}

bool is_page(std::string_view headers, std::string_view body) {
  return http::header(headers, "content-type").find("html") != std::string_view::npos ||
         base::lower(base::trim(body).substr(0, 15)).starts_with("<!doctype html") ||
         base::trim(body).starts_with("<html");
}

Verdict blocked(const Said& said) {
  return verdict(
      Action::fatal, Fault::upstream, said, "egress_blocked",
      "Amazon's front door refuses the place this Worker runs at, not the account: set a placement "
      "hint near us-east-1, or KIRO_BASE_URL to a relay.");
}

Verdict by_status(const Said& said, uint32_t status, int64_t now_ms) {
  switch (status) {
    case 400:
    case 422: return verdict(Action::fatal, Fault::upstream_refused, said, "upstream_refused");
    case 403:
      return rest(Scope::account, kHour / 4, now_ms, Fault::no_account, said, "upstream_forbidden",
                  "Kiro refused the account in words that the gateway does not know.");
    case 404:
    case 405: return unreached(Fault::upstream, said, "upstream_not_found");
    case 413: return verdict(Action::fatal, Fault::too_large, said, "");
    case 429: {
      int64_t ms = said.retry_after_ms >= 0 ? said.retry_after_ms : kMinute;
      return rest(Scope::account, ms, now_ms, Fault::rate_limited, said, "rate_limit_exceeded");
    }
    case 504: {
      // Its own servers did not hear from each other in time: another account may be luckier.
      Verdict to = rest(Scope::account, 2000, now_ms, Fault::timeout, said, "upstream_timeout");
      to.transient = true;
      return to;
    }
    case 524: return verdict(Action::fatal, Fault::timeout, said, "upstream_timeout");
    default: break;
  }
  if (status >= 400 && status < 500 && status != 408)
    return verdict(Action::fatal, Fault::upstream_refused, said, "");
  return again(Fault::upstream, 500, said, "upstream_error");
}

}  // namespace

Verdict judge(uint32_t http, std::string_view headers, std::string_view body, int64_t now_ms) {
  Said said = read(http, headers, body);
  uint32_t status = status_of(said);
  if (http == host::kNetwork) said.message = "Kiro could not be reached.";
  if (is_page(headers, body)) {
    if (status == 403) return blocked(said);
    return by_status(said, status < 400 ? 502 : status, now_ms);
  }
  if (auto found = of_account(said, status, now_ms)) return *found;
  if (auto found = of_request(said, now_ms)) return *found;
  if (auto found = of_capacity(said)) return *found;
  if (is_token_refused(said, status))
    return verdict(Action::refresh, Fault::no_account, said, "upstream_token_invalid");
  return by_status(said, status, now_ms);
}

}  // namespace provider::amazon
