// An upstream account: a credential, and how it fares.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/flight.h"
#include "account/preferences.h"
#include "chat/error.h"

namespace account {

enum class State : uint8_t { ready, quarantined, needs_login, retired };
std::string_view name_of(State state);

// What is stored, sealed. Absent members are empty.
struct Credential {
  std::string id;        // unique, [a-z0-9-]: "gemini-1a2b3c"
  std::string provider;  // "gemini-cli"
  std::string label;     // for people: an e-mail address or a name they gave
  std::string base_url;  // overrides the provider's, no trailing slash
  std::string wire;      // which of its provider's wires it speaks: "chat", "responses", "auto" or empty
  std::string api_key;
  std::string access_token, refresh_token;
  std::string client_id,
      client_secret;       // OAuth client that issued the tokens, when it is not the provider's default
  std::string token_url;   // OAuth token endpoint, when it is not the provider's
  std::string project;     // Google Cloud project
  int64_t expires_ms = 0;  // of the access token, ms since 1970; 0 = unknown
  int64_t generation =
      0;  // of the record: when it was made, ms since 1970, and always more than the one before
  int64_t added_ms = 0;                      // when a person added the account, or put it in again
  std::map<std::string, std::string> extra;  // what its provider alone needs: "region", "profile_arn", ...
  std::vector<std::string> models;  // restricts or declares the models served; empty = the provider's
                                    // (serves_model() says how to read them)
  Preferences preferences;
};

// The value of `extra` under `name`, or empty.
std::string_view extra(const Credential& credential, std::string_view name);
// Is the project one that the upstream has named, and not one that a person has set?
bool has_found_project(const Credential& credential);
void set_found_project(Credential& credential, std::string project);

// An account's rest after a failure. `until_ms` over and not yet cleared: half-open, one request at a time
// proves whether it is well again.
struct Rest {
  int64_t until_ms = 0;    // 0: none
  int64_t length_ms = 0;   // of this one; the next without a success in between is twice as long
  bool transient = false;  // for a fault that is not the account's
  bool firm = false;       // `until_ms` is no hint, and only an answer proves the account well again
};

struct Account {
  Credential credential;
  bool from_environment = false;  // from the ACCOUNTS variable
  bool old_seal = false;          // its record is sealed with the previous secret
  std::string configured_digest;  // from_environment: identifies the configured credential

  State state = State::ready;
  std::string reason;                                    // why it is not ready, for people
  Rest resting;                                          // the whole account
  std::map<std::string, Rest, std::less<>> model_rests;  // by model
  bool other_wire = false;  // "auto" was wrong about the wire: the endpoint is not there
  bool learnt = false;      // its credential holds what was found out about its routes and is not stored yet
  uint32_t failures = 0;    // in a row

  uint32_t in_flight = 0, probes = 0;                 // requests on it now; those of them that prove it well
  int64_t next_start_ms = 0;                          // when its pace allows another request
  int64_t used_ms = 0, served_ms = 0, failed_ms = 0;  // when it last was, in this instance; 0 = never

  // What other instances know of it (see board.h).
  uint64_t board_revision = 0;  // of the entry that this state agrees with
  bool on_board = false;        // that entry says something else than "ready"
  bool untold = false;          // this instance knows something that they must hear
  bool informed = false;        // has been compared with the board since it was made

  int64_t token_lifetime_ms = 3600'000;  // of the access token, as its issuer said
  int64_t renew_after_ms = 0;  // a renewal failed in passing: none before then, while the token is good
  Flight refreshing;
  uint32_t refreshes = 0;                    // that came to an outcome
  std::optional<chat::Error> refresh_error;  // outcome of the last one

  // Could it serve `model` (empty = any) at `now_ms`?
  bool available(std::string_view model, int64_t now_ms) const;
  // tag_of() its credential, made when first asked for: every request asks.
  const std::string& tag() const;

 private:
  mutable std::string tag_;
};

// Eight hex digits that stand for the account in what clients keep (see protocol/opaque.h): enough to know
// one's own again, nothing to learn from.
std::string tag_of(const Credential& credential);

// The state as people see it: that of a ready account is told apart by its rest, "cooling" or "half_open".
std::string_view condition_of(const Account& account, int64_t now_ms);

// The longest that a rest may be, in milliseconds.
int64_t longest_rest_ms(bool firm);
// Lets the account rest until `until_ms`: as a whole, or for `model` only. A rest is capped (a reset time is
// a hint, not a promise, unless it is `firm`: MAX_REST_SECONDS, or a day), a transient fault never makes it
// longer than a few seconds, and one that follows another without a success in between is twice as long.
void rest(Account& account, const std::string& model, bool whole_account, int64_t until_ms, bool transient,
          std::string_view reason, bool firm = false);
// An answer was served: rests that are over, or were for a transient fault, are forgotten. `model` empty: of
// the whole account only.
void recover(Account& account, std::string_view model);
// A person has acted: how the account has fared no longer counts.
void forget_troubles(Account& account);
// Takes the account out of service until a person acts.
void stop(Account& account, State state, std::string_view reason);

// Blots every secret of `credential` out of `text`: upstreams like to repeat the key that they refuse.
void redact(const Credential& credential, std::string& text);

using AccountPtr = std::shared_ptr<Account>;

// JSON (control plane). `parse` accepts our own record and says what is wrong with any other.
std::string to_json(const Credential& credential);
bool from_json(std::string_view json, Credential& out, std::string& problem);

}  // namespace account
