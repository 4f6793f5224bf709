#include "provider/token.h"

#include <algorithm>

#include "base/text.h"
#include "host/host.h"

namespace provider {

bool token_is_fresh(const account::Account& account, int64_t now_ms) {
  constexpr int64_t kSkewMs = 300'000;
  const account::Credential& credential = account.credential;
  if (credential.access_token.empty()) return false;
  if (credential.expires_ms == 0) return true;
  bool renewable = now_ms >= account.renew_after_ms;
  return credential.expires_ms - now_ms > (renewable ? std::min(kSkewMs, account.token_lifetime_ms / 2) : 0);
}

chat::Error login_is_over(account::Account& account, std::string message) {
  chat::Error error;
  error.fault = chat::Fault::no_account;
  error.code = "needs_login";
  error.message = std::move(message);
  account::redact(account.credential, error.message);
  account::stop(account, account::State::needs_login, error.message);
  return error;
}

bool old_token_serves(account::Account& account) {
  constexpr int64_t kPauseMs = 30'000;
  int64_t now = host::now_ms();
  if (account.credential.access_token.empty() || account.credential.expires_ms <= now) return false;
  account.renew_after_ms = now + kPauseMs;
  return true;
}

std::optional<chat::Error> token_endpoint_failed(account::Account& account, std::string_view whom,
                                                 const Answer& answer) {
  if (old_token_serves(account)) return std::nullopt;
  chat::Error error;
  error.fault = chat::Fault::upstream;
  error.code = "token_endpoint_unavailable";
  error.message = std::string(whom) + "'s token endpoint did not give a new access token (HTTP ";
  base::append_int(error.message, answer.status);
  error.message += "). The old login is kept; try again.";
  error.retry = true;
  return error;
}

}  // namespace provider
