#include "provider/token.h"

#include <algorithm>

#include "base/text.h"

namespace provider {

bool token_is_fresh(const account::Account& account, int64_t now_ms) {
  constexpr int64_t kSkewMs = 300'000;
  const account::Credential& credential = account.credential;
  if (credential.access_token.empty()) return false;
  if (credential.expires_ms == 0) return true;
  return credential.expires_ms - now_ms > std::min(kSkewMs, account.token_lifetime_ms / 2);
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

chat::Error token_endpoint_failed(std::string_view whom, const Answer& answer) {
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
