#include "account/selection.h"

#include <bit>

#include "base/hash.h"

namespace account {

namespace {

uint64_t mix(uint64_t session, std::string_view id) {
  uint64_t hash = base::hash_on(session ^ base::kHashStart, id);
  // Finalisation of splitmix64: neighbouring ids must not rank alike.
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9u;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebu;
  return hash ^ (hash >> 31);
}

constexpr int kFraction = 24;  // bits behind the point

// -log2(hash / 2^64). By repeated squaring, since the C library's logarithm brings tables of several KB.
uint64_t negative_log2(uint64_t hash) {
  hash |= 1;
  int zeros = std::countl_zero(hash);
  uint64_t mantissa = hash << zeros >> 32, log = 0;  // in [2^31, 2^32): 1 to 2
  for (int bit = 0; bit < kFraction; bit++) {
    mantissa = mantissa * mantissa >> 31;
    bool carries = mantissa >> 32;
    log = log << 1 | carries;
    mantissa >>= carries;
  }
  return (uint64_t(zeros + 1) << kFraction) - log;
}

const Rest* rest_of(const Account& account, std::string_view model) {
  auto found = account.model_rests.find(model);
  return found == account.model_rests.end() ? nullptr : &found->second;
}

}  // namespace

bool names_model(std::string_view entry, std::string_view model) {
  if (!entry.ends_with('*')) return entry == model;
  entry.remove_suffix(1);
  return model.starts_with(entry);
}

bool serves_model(const Credential& credential, std::string_view model) {
  bool any = false, included = false;
  for (std::string_view entry : credential.models) {
    if (entry.starts_with('-')) {
      if (names_model(entry.substr(1), model)) return false;
      continue;
    }
    any = true;
    included |= names_model(entry, model);
  }
  return included || !any;
}

bool declares_model(const Credential& credential, std::string_view model) {
  if (!serves_model(credential, model)) return false;
  for (std::string_view entry : credential.models) {
    // "*" alone names nothing.
    if (entry != "*" && !entry.starts_with('-') && names_model(entry, model)) return true;
  }
  return false;
}

bool lists_models(const Credential& credential) {
  for (std::string_view entry : credential.models) {
    if (entry.starts_with('-') || entry.ends_with('*')) return false;
  }
  return !credential.models.empty();
}

bool half_open(const Account& account, std::string_view model, int64_t now_ms) {
  auto over = [&](const Rest* rest) { return rest && rest->until_ms && rest->until_ms <= now_ms; };
  return over(&account.resting) || over(rest_of(account, model));
}

Fit fit_of(const Account& account, std::string_view provider, std::string_view model, int64_t now_ms) {
  const Credential& credential = account.credential;
  if (credential.provider != provider || account.state != State::ready || !serves_model(credential, model))
    return Fit::none;
  bool resting = false;
  for (const Rest* rest : {&account.resting, rest_of(account, model)}) {
    if (!rest || rest->until_ms <= now_ms) continue;
    if (!rest->transient) return Fit::none;
    resting = true;
  }
  int64_t most = credential.preferences.max_concurrent;
  if ((most && account.in_flight >= most) || account.next_start_ms > now_ms) return Fit::busy;
  if (resting) return Fit::resting;
  return account.probes && half_open(account, model, now_ms) ? Fit::unproven : Fit::ready;
}

uint64_t cost_of(uint64_t session, const Credential& credential) {
  constexpr int kRoom = 20;  // so that a division by the weight leaves enough to compare
  return (negative_log2(mix(session, credential.id)) << kRoom) / uint64_t(credential.preferences.weight);
}

}  // namespace account
