#include "provider/iflow/judge.h"

#include <algorithm>

#include "base/text.h"
#include "http/head.h"
#include "json/document.h"
#include "provider/openai/judge.h"
#include "provider/qwen/judge.h"

namespace provider::iflow_service {

namespace {

using Action = Verdict::Action;
using Scope = Verdict::Scope;
using chat::Fault;

constexpr int64_t kMinute = 60'000, kHour = 60 * kMinute;

// Numbers of the service's own, and what they come to.
constexpr struct {
  uint32_t status;
  Action action;
  Fault fault;
  Scope scope;
  int64_t rest_ms;
  std::string_view code;
} kOwn[] = {
    {434, Action::refresh, Fault::no_account, Scope::account, 0, "upstream_key_invalid"},
    {438, Action::quarantine, Fault::forbidden, Scope::account, 0, "account_suspended"},
    {435, Action::next_account, Fault::not_found, Scope::model, kHour, "model_not_found"},
    {406, Action::retry_here, Fault::upstream, Scope::account, 0, "upstream_signature_refused"},
    {449, Action::next_account, Fault::rate_limited, Scope::account, kMinute, "rate_limit_exceeded"},
    {401, Action::refresh, Fault::no_account, Scope::account, 0, "upstream_key_invalid"},
    {403, Action::refresh, Fault::no_account, Scope::account, 0, "upstream_key_invalid"},
};

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

Verdict judge(uint32_t status, std::string_view headers, std::string_view body, int64_t now_ms) {
  json::Document document;
  json::Value root;
  if (document.parse(body) == json::Error::none) root = document.root();
  if (root["error"].is_object()) root = root["error"];
  std::string said = root["msg"].str();
  int64_t own = root["status"].is_string() ? base::to_int(root["status"].str()).value_or(0) : 0;
  if (own >= 400 && own <= 599) status = uint32_t(own);

  Verdict to = openai_service::judge(status, headers, body, now_ms);
  if (!said.empty()) to.error.message = said;
  if (qwen_service::is_firewall(status, headers, now_ms, to)) return to;
  if (to.action == Action::rediscover) to.action = Action::fatal;
  // The words, should they come with another number.
  std::string lower = base::lower(to.error.message);
  if (has(lower, "invalid apikey")) status = 434;
  if (has(lower, "ak blocked")) status = 438;
  for (const auto& row : kOwn) {
    if (row.status != status) continue;
    auto header = base::to_int(http::header(headers, "retry-after"));
    int64_t wait = header && row.status == 449 ? *header * 1000 : row.rest_ms;
    to.action = row.action;
    to.scope = row.scope;
    to.until_ms = now_ms + wait;
    to.wait_ms = 100;
    to.error.fault = row.fault;
    to.error.status = 0;
    to.error.code = row.code;
    if (row.fault == Fault::rate_limited) to.error.retry_after = wait / 1000;
  }
  return to;
}

}  // namespace provider::iflow_service
