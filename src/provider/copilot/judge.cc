#include "provider/copilot/judge.h"

#include <algorithm>

#include "base/text.h"
#include "host/host.h"
#include "http/head.h"
#include "json/document.h"
#include "provider/google/errors.h"

namespace provider::github {

namespace {

using Action = Verdict::Action;
using Scope = Verdict::Scope;
using chat::Fault;

constexpr int64_t kMinute = 60'000, kHour = 60 * kMinute;

struct Said {
  std::string message, code;
};

// {"error":{"message","code"}}, the same at the top, or plain text.
Said read_error(uint32_t status, std::string_view body) {
  Said said;
  json::Document document;
  if (document.parse(body) == json::Error::none) {
    json::Value root = document.root(), error = root["error"].is_object() ? root["error"] : root;
    said = {error["message"].str(), error["code"].str()};
    if (said.message.empty()) said.message = root["error"].str();
  } else if (body.size() < 300 && body.find('<') == body.npos) {
    said.message = base::trim(body);
  }
  if (status == host::kNetwork) said.message = "The upstream could not be reached.";
  if (said.message.empty())
    said.message = "The upstream answered with HTTP " + base::to_text(status) + " and no usable reason.";
  return said;
}

Verdict verdict(Action action, Fault fault, const Said& said, std::string_view code) {
  Verdict to;
  to.action = action;
  to.error.fault = fault;
  to.error.message = said.message;
  to.error.code = said.code.empty() ? std::string(code) : said.code;
  return to;
}

Verdict rest(Scope scope, int64_t ms, int64_t now_ms, Fault fault, const Said& said, std::string_view code) {
  Verdict to = verdict(Action::next_account, fault, said, code);
  to.scope = scope;
  to.until_ms = now_ms + ms;
  to.error.retry_after = ms / 1000;
  to.error.retry = ms <= kMinute;
  return to;
}

// When the allowance that is used up comes back, from "ent=300&rem=0.0&rst=2026-02-01T00:00:00Z" in the
// answer's head; -1: not said.
int64_t until_reset(std::string_view headers, int64_t now_ms) {
  int64_t wait = -1;
  for (std::string_view name : {"chat", "premium_models", "premium_interactions"}) {
    std::string_view snapshot = http::header(headers, "x-quota-snapshot-" + std::string(name));
    auto left = base::query_value(snapshot, "rem"), at = base::query_value(snapshot, "rst");
    if (!left || !at || base::number_to_int(*left).value_or(1) > 0) continue;
    wait = std::max(wait, google::timestamp_ms(*at) - now_ms);
  }
  return wait;
}

Verdict limited(const Said& said, int64_t wait_ms, int64_t now_ms) {
  if (said.code == "extension_blocked") {
    return rest(Scope::account, 12 * kHour, now_ms, Fault::no_account, said, "extension_blocked");
  }
  bool of_model = said.code == "user_model_rate_limited" || said.code == "model_overloaded" ||
                  said.code == "upstream_provider_rate_limit";
  return rest(of_model ? Scope::model : Scope::account, wait_ms >= 0 ? wait_ms : kMinute, now_ms,
              Fault::rate_limited, said, "rate_limited");
}

Verdict refused(uint32_t status, const Said& said) {
  if (said.code == "unsupported_api_for_model") return verdict(Action::reroute, Fault::upstream, said, "");
  // Anthropic's endpoint says it in words.
  bool proof =
      said.code == "invalid_encrypted_content" || (said.message.find("signature") != said.message.npos &&
                                                   said.message.find("thinking") != said.message.npos);
  Verdict to = verdict(proof ? Action::strip_signatures : Action::fatal, Fault::upstream_refused, said, "");
  to.error.status = int(status);
  return to;
}

Verdict broken(uint32_t status, const Said& said, int64_t now_ms) {
  Verdict to = rest(Scope::account, 2000, now_ms, status == 503 ? Fault::overloaded : Fault::upstream, said,
                    "upstream_error");
  to.transient = true;
  return to;
}

}  // namespace

Verdict judge(uint32_t status, std::string_view headers, std::string_view body, int64_t now_ms) {
  Said said = read_error(status, body);
  auto seconds = base::to_int(http::header(headers, "retry-after"));
  int64_t wait_ms = seconds ? *seconds * 1000 : -1;
  switch (status) {
    case 401:
    case 403: return verdict(Action::refresh, Fault::no_account, said, "upstream_token_invalid");
    case 402:
      if (wait_ms < 0) wait_ms = until_reset(headers, now_ms);
      return rest(Scope::model, wait_ms >= 0 ? wait_ms : 12 * kHour, now_ms, Fault::quota_exhausted, said,
                  "quota_exceeded");
    case 404: return rest(Scope::model, kHour, now_ms, Fault::not_found, said, "model_not_found");
    case 429: return limited(said, wait_ms, now_ms);
    case 466: {
      Verdict to = verdict(Action::fatal, Fault::upstream, said, "upstream_client_outdated");
      to.error.message += " Override 'editor_version' and 'plugin_version' in the descriptor.";
      return to;
    }
    case 424: {
      Verdict to = verdict(Action::retry_here, Fault::upstream, said, "upstream_error");
      to.wait_ms = 500;
      to.transient = to.error.retry = true;
      return to;
    }
    default: break;
  }
  if (status == 400 && said.code == "model_not_supported") {
    return rest(Scope::model, kHour, now_ms, Fault::not_found, said, "model_not_supported");
  }
  if (status >= 400 && status < 500 && status != 408) return refused(status, said);
  return broken(status, said, now_ms);
}

}  // namespace provider::github
