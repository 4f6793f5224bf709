#include "account/account.h"

#include <algorithm>

#include "base/sha256.h"
#include "base/text.h"
#include "host/host.h"

namespace account {

namespace {
constexpr int64_t kLongestRestMs = 15 * 60'000;  // a reset time is a hint: after this a request may probe
constexpr int64_t kLongestTransientMs = 10'000;
constexpr int64_t kShortestRestMs = 2'000;
}  // namespace

std::string_view name_of(State state) {
  switch (state) {
    case State::ready: return "ready";
    case State::cooling: return "cooling";
    case State::quarantined: return "quarantined";
    case State::needs_login: return "needs_login";
    case State::retired: return "retired";
  }
  return "unknown";
}

std::string tag_of(const Credential& credential) {
  return base::hex(base::sha256(credential.provider + "/" + credential.id).substr(0, 4));
}

bool Account::available(std::string_view model, int64_t now_ms) const {
  if (state != State::ready && state != State::cooling) return false;
  if (cooling_until_ms > now_ms) return false;
  auto resting = model_cooling.find(std::string(model));
  return resting == model_cooling.end() || resting->second <= now_ms;
}

void rest(Account& account, const std::string& model, bool whole_account, int64_t until_ms, bool transient,
          std::string_view reason) {
  int64_t now = host::now_ms();
  int64_t longest = now + (transient ? kLongestTransientMs : kLongestRestMs);
  int64_t until = std::clamp(until_ms, now + kShortestRestMs, longest);
  account.failures++;
  account.reason = reason;
  if (whole_account) {
    account.cooling_until_ms = until;
  } else {
    account.model_cooling[model] = until;
  }
  account.resting_is_transient = transient;
}

void forget_troubles(Account& account) {
  account.state = State::ready;
  account.reason.clear();
  account.cooling_until_ms = 0;
  account.model_cooling.clear();
  account.failures = 0;
}

void stop(Account& account, State state, std::string_view reason) {
  account.state = state;
  account.reason = reason;
}

void redact(const Credential& credential, std::string& text) {
  constexpr std::string_view kBlot = "[secret]";
  constexpr size_t kShortest = 6;  // what is shorter is no secret, and may well be an ordinary word
  for (const std::string* secret : {&credential.api_key, &credential.access_token, &credential.refresh_token,
                                    &credential.client_secret}) {
    if (secret->size() < kShortest) continue;
    for (size_t at = text.find(*secret); at != text.npos; at = text.find(*secret, at + kBlot.size()))
      text.replace(at, secret->size(), kBlot);
  }
}

}  // namespace account
