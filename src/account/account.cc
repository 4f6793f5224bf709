#include "account/account.h"

#include <algorithm>
#include <utility>

#include "base/sha256.h"
#include "base/text.h"
#include "config/settings.h"
#include "host/host.h"

namespace account {

namespace {
constexpr int64_t kLongestFirmMs = 24 * 3600'000;
constexpr int64_t kLongestTransientMs = 10'000;
constexpr int64_t kShortestRestMs = 2'000;
constexpr int64_t kWorthTellingMs = 60'000;  // a shorter rest is over before other instances hear of it
constexpr std::string_view kFoundProject = "found_project";  // of Credential::extra
constexpr size_t kMostRests = 100;  // models are named by clients: what is long over makes room

void make_room(Account& account, int64_t now) {
  if (account.model_rests.size() < kMostRests) return;
  std::erase_if(account.model_rests, [&](const auto& rest) { return rest.second.until_ms <= now; });
}

bool outlives(const Rest& rest, int64_t now) { return rest.until_ms > now && !rest.transient; }
}  // namespace

std::string_view name_of(State state) {
  switch (state) {
    case State::ready: return "ready";
    case State::quarantined: return "quarantined";
    case State::needs_login: return "needs_login";
    case State::retired: return "retired";
  }
  return "unknown";
}

std::string tag_of(const Credential& credential) {
  return base::hex(base::sha256(credential.provider + "/" + credential.id).substr(0, 4));
}

std::string_view extra(const Credential& credential, std::string_view name) {
  auto found = credential.extra.find(std::string(name));
  return found == credential.extra.end() ? std::string_view() : std::string_view(found->second);
}

bool has_found_project(const Credential& credential) {
  return !credential.project.empty() && extra(credential, kFoundProject) == credential.project;
}

void set_found_project(Credential& credential, std::string project) {
  credential.extra[std::string(kFoundProject)] = project;
  credential.project = std::move(project);
}

const std::string& Account::tag() const {
  if (tag_.empty()) tag_ = tag_of(credential);
  return tag_;
}

std::string_view condition_of(const Account& account, int64_t now_ms) {
  if (account.state != State::ready || !account.resting.until_ms) return name_of(account.state);
  return account.resting.until_ms > now_ms ? "cooling" : "half_open";
}

bool Account::available(std::string_view model, int64_t now_ms) const {
  if (state != State::ready || resting.until_ms > now_ms) return false;
  auto found = model_rests.find(model);
  return found == model_rests.end() || found->second.until_ms <= now_ms;
}

int64_t longest_rest_ms(bool firm) {
  return firm ? kLongestFirmMs : int64_t(config::settings().max_rest_s) * 1000;
}

void rest(Account& account, const std::string& model, bool whole_account, int64_t until_ms, bool transient,
          std::string_view reason, bool firm) {
  int64_t now = host::now_ms();
  account.failures++;
  account.failed_ms = now;
  if (!whole_account) make_room(account, now);
  Rest& rest = whole_account ? account.resting : account.model_rests[model];
  bool in_force = rest.until_ms > now;
  if (in_force && transient && !rest.transient) return;  // the other reason outlasts this one
  int64_t longest = transient ? kLongestTransientMs : longest_rest_ms(firm);
  bool in_a_row = rest.until_ms && !in_force;
  // What fails while it rests was under way before: the same failure, not another in a row.
  int64_t before = in_a_row ? rest.length_ms * 2 : in_force && !rest.transient ? rest.length_ms : 0;
  int64_t shortest = std::min(longest, std::max(before, kShortestRestMs));
  rest.length_ms = std::clamp(until_ms - now, shortest, longest);
  rest.until_ms = std::max(rest.until_ms, now + rest.length_ms);
  rest.transient = transient;
  rest.firm = firm;
  account.reason = reason;
  if (!transient && rest.length_ms >= kWorthTellingMs) account.untold = true;
}

void recover(Account& account, std::string_view model) {
  int64_t now = host::now_ms();
  account.served_ms = now;
  account.failures = 0;
  // A rest in force is of a later failure than the beginning of this answer.
  if (!outlives(account.resting, now)) account.resting = {};
  auto found = account.model_rests.find(model);
  if (found != account.model_rests.end() && !outlives(found->second, now)) account.model_rests.erase(found);
  if (account.state != State::ready || account.resting.until_ms || !account.model_rests.empty()) return;
  account.reason.clear();
  account.untold |= account.on_board;
}

void forget_troubles(Account& account) {
  account.state = State::ready;
  account.reason.clear();
  account.resting = {};
  account.model_rests.clear();
  account.failures = 0;
  account.untold |= account.on_board;
}

void stop(Account& account, State state, std::string_view reason) {
  account.state = state;
  account.reason = reason;
  account.failed_ms = host::now_ms();
  // That a service has ended every instance finds out by itself.
  account.untold |= state != State::retired;
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
