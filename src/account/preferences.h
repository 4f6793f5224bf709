// How the owner wants an account to be used. Part of its record; the admin API, the ACCOUNTS variable and
// PATCH /admin/accounts/{id} set it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "json/document.h"
#include "json/writer.h"

namespace account {

struct Credential;

struct Preferences {
  int64_t weight = 1;    // its share of the conversations, beside accounts of the same priority
  int64_t priority = 0;  // the lowest number serves first; the next only when none of those is available
  int64_t max_concurrent = 0;   // requests in flight, per instance; 0 = any number
  int64_t min_interval_ms = 0;  // between the starts of two requests, per instance

  bool operator==(const Preferences&) const = default;
};

struct Preference {
  std::string_view name;
  int64_t Preferences::*to;
  int64_t low, high;
};
std::span<const Preference> preferences();

// Takes the preferences, and `models`, that `record` (a JSON object) names into `out`; null brings a default
// back. With `only` true any other member but `label` is an error. Returns a sentence on the first thing that
// is wrong; `out` may then be half filled.
std::optional<std::string> read_preferences(json::Value record, bool only, Credential& out);
// Appends them as members of the object that `w` is in.
void append_preferences(const Credential& credential, json::Writer& w);

}  // namespace account
