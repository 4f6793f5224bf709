// Which of several accounts comes first: rules without state.
#pragma once

#include <cstdint>
#include <string_view>

#include "account/account.h"

namespace account {

// Does `entry` mean `model`: its name or, with '*' at the end, the beginning of it?
bool names_model(std::string_view entry, std::string_view model);
// May the account serve `model`, by its `models`? An entry is a name or, with '*' at its end, the beginning
// of names; a '-' in front excludes. No entry that includes: all that is not excluded.
bool serves_model(const Credential& credential, std::string_view model);
// Does an entry name it, or the beginning of it? Then the account knows it whatever its provider's table
// says.
bool declares_model(const Credential& credential, std::string_view model);
// Are all its entries whole names, so that they are the list of its models?
bool lists_models(const Credential& credential);

// How well an account could serve now, the best first.
enum class Fit : uint8_t {
  ready,     // at once
  unproven,  // its rest is over, but whether it is well another request is just finding out
  busy,      // once it has room, or its pace allows
  resting,   // for a transient fault: better than nobody
  none,      // not at all
};
// For a request to `provider` and `model`.
Fit fit_of(const Account& account, std::string_view provider, std::string_view model, int64_t now_ms);
// Is its rest, whole or for `model`, over but not proven so?
bool half_open(const Account& account, std::string_view model, int64_t now_ms);

// Weighted rendezvous hashing: the account with the lowest cost has the conversation, and keeps it when
// others come and go. Over many conversations each account has a share that goes by its weight.
uint64_t cost_of(uint64_t session, const Credential& credential);

}  // namespace account
