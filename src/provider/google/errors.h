// Google's error bodies (google.rpc.Status with details), read and judged. Shared by every provider behind
// Google's doors.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "provider/provider.h"

namespace provider::google {

// What an error body says. Members that it does not name are empty.
struct Status {
  int64_t code = 0;
  std::string message, status;  // "RESOURCE_EXHAUSTED"
  std::string reason, domain;   // of ErrorInfo
  std::string quota_id;         // of QuotaFailure: the longest-lived violation
  std::string url;              // where a person can do something about it
  std::string unknown;          // members that the upstream does not know, as Verdict::fields
  int64_t retry_ms = -1;        // -1: not said
  int64_t reset_at_ms = -1;     // when a quota comes back, ms since 1970; -1: not said
};

// Reads `body`: an object or a one-element array; a message that is itself an error in JSON is unwrapped, and
// stray commas, which Google leaves behind, are forgiven.
Status read_status(std::string_view body);

// "161h39m41.3s", "0.54s", "900ms" in milliseconds; -1 if `text` is no duration.
int64_t duration_ms(std::string_view text);

// "2026-12-18T20:18:34Z", fractions allowed, in ms since 1970; -1 if `text` is no such time.
int64_t timestamp_ms(std::string_view text);

// Is it a quota that comes back once a day?
bool is_daily(std::string_view quota_id);

// The verdict on an upstream's failure, by the table in docs/providers/gemini-cli.md.
// `body` as received; `is_key`: the account is an API key, not a login.
Verdict judge(uint32_t status, std::string_view headers, std::string_view body, int64_t now_ms, bool is_key);

}  // namespace provider::google
