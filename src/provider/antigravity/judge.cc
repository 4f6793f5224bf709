#include "provider/antigravity/judge.h"

#include "host/abi.h"
#include "provider/google/errors.h"

namespace provider::gravity {

namespace {

using Action = Verdict::Action;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

bool is_too_old(std::string_view message) {
  return contains(message, "version of Antigravity is no longer supported") ||
         contains(message, "upgrade to the latest version");
}

// Every account is refused for it: no account is to blame, and none would do better.
Verdict too_old(Verdict verdict) {
  verdict.action = Action::fatal;
  verdict.error.fault = chat::Fault::upstream;
  verdict.error.code = "client_version_rejected";
  verdict.error.message +=
      " Google refuses the client version that this gateway names: raise 'user_agent' in the descriptor of "
      "antigravity.";
  verdict.error.retry = false;
  return verdict;
}

// Anthropic's complaints about thoughts, which Google passes on.
bool is_about_thoughts(std::string_view message) {
  return contains(message, "`signature` in `thinking`") || contains(message, "thinking.signature") ||
         contains(message, "Expected `thinking` or `redacted_thinking`");
}

// The hosts have quotas and models of their own. A delay that is said is the account's, wherever it asks.
bool may_be_the_host(uint32_t http, const google::Status& status) {
  if (http == host::kNetwork || http == 503 || http == 404) return true;
  bool capacity = status.reason == "MODEL_CAPACITY_EXHAUSTED";
  return http == 429 && (capacity || (status.retry_ms < 0 && status.reset_at_ms < 0));
}

}  // namespace

Verdict judge(uint32_t http, std::string_view headers, std::string_view body, int64_t now_ms) {
  google::Status status = google::read_status(body);
  Verdict verdict = google::judge(http, headers, body, now_ms, false);
  if (is_too_old(status.message)) return too_old(std::move(verdict));
  if (http == 400 && is_about_thoughts(status.message)) {
    verdict.action = Action::strip_signatures;
    verdict.error.code = "thought_signature";
  }
  if (verdict.error.code == "quota_exhausted") verdict.scope = Verdict::Scope::family;
  verdict.elsewhere = may_be_the_host(http, status);
  return verdict;
}

}  // namespace provider::gravity
