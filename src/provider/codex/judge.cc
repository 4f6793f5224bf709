#include "provider/codex/judge.h"

#include <algorithm>

#include "base/text.h"
#include "host/host.h"
#include "http/head.h"
#include "json/document.h"
#include "provider/codex/limits.h"
#include "provider/openai/judge.h"

namespace provider::chatgpt {

namespace {

using Action = Verdict::Action;
using Scope = Verdict::Scope;
using chat::Fault;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

std::string error_type(std::string_view body) {
  json::Document document;
  if (document.parse(body) != json::Error::none) return {};
  json::Value error = document.root()["error"];
  return error["type"].is_string() ? error["type"].str() : error["code"].str();
}

// Has the account's plan not got the model? That a model does not take something is said in much the same
// words, and is the request's own fault.
bool is_without_model(const chat::Error& error, std::string_view body) {
  const std::string& said = error.message;
  if (!contains(said, "model") || !(contains(said, "not supported") || contains(said, "not available")))
    return false;
  if (said.starts_with("Unsupported ") || error.code.starts_with("unsupported_")) return false;
  if (contains(said, "by this model") || contains(said, "with this model")) return false;
  json::Document document;
  if (document.parse(body) != json::Error::none) return true;
  json::Value param = document.root()["error"]["param"];
  return !param.has_value() || param.equals("model");
}

Verdict& stop(Verdict& to, Action action, std::string_view code) {
  to.action = action;
  to.error.status = 0;
  to.error.fault = action == Action::quarantine ? Fault::forbidden : Fault::no_account;
  if (to.error.code.empty()) to.error.code = code;
  return to;
}

Verdict limited(Verdict to, std::string_view headers, std::string_view body, int64_t now_ms) {
  std::string type = error_type(body);
  if (type == "usage_not_included") return stop(to, Action::needs_login, "usage_not_included");
  if (type != "usage_limit_reached") return to;
  json::Document document;
  bool said = document.parse(body) == json::Error::none &&
              (document.root()["error"]["resets_at"] || document.root()["error"]["resets_in_seconds"]);
  if (int64_t until = full_until_ms(headers, now_ms); !said && until > 0) {
    to.until_ms = until;
    to.error.retry_after = std::max<int64_t>(0, (until - now_ms) / 1000);
  }
  return to;
}

}  // namespace

bool is_egress_block(uint32_t status, std::string_view headers, std::string_view body) {
  if (status == 404 && base::trim(body).empty()) return true;
  if (!http::header(headers, "cf-mitigated").empty()) return true;
  if (contains(http::header(headers, "content-type"), "html")) return status == 403 || status == 503;
  return status == 403 && (contains(body, "cf_chl") || contains(body, "challenge-platform") ||
                           contains(body, "Just a moment") || contains(body, "Attention Required"));
}

Verdict judge(uint32_t status, std::string_view headers, std::string_view body, int64_t now_ms) {
  if (is_egress_block(status, headers, body)) {
    return openai_service::egress_blocked(
        "The network in front of chatgpt.com refuses the place this Worker sends from, not your account: set "
        "the account's base_url to a relay of your own, or use an API key.",
        now_ms);
  }
  Verdict to = openai_service::judge(status, headers, body, now_ms);
  if (to.error.code == openai_service::kEgressBlocked) return to;
  const std::string& said = to.error.message;
  bool at_capacity = contains(said, "at capacity");
  switch (status) {
    case 401:
      if (contains(said, "deactivated")) return stop(to, Action::quarantine, "account_deactivated");
      return stop(to, Action::refresh, "upstream_token_invalid");
    case 402: return stop(to, Action::needs_login, "subscription_required");
    case 403: return stop(to, Action::needs_login, "not_entitled");
    case 429: return limited(std::move(to), headers, body, now_ms);
    default: break;
  }
  if (at_capacity || (status >= 400 && status < 500 && is_without_model(to.error, body))) {
    to.action = Action::next_account;
    to.scope = Scope::model;
    to.until_ms = now_ms + (at_capacity ? 30'000 : 3600'000);
    to.error.fault = at_capacity ? Fault::overloaded : Fault::not_found;
    to.error.status = 0;
    to.error.code = at_capacity ? "upstream_capacity_exhausted" : "model_not_found";
  } else if (to.action == Action::rediscover) {
    to.action = Action::fatal;
  }
  return to;
}

}  // namespace provider::chatgpt
