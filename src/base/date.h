// Days and moments in UTC, as ISO 8601 writes them. The proleptic Gregorian calendar, years 0000 to 9999.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace base {

constexpr int64_t kDayMs = 86'400'000;

// "2026-11-29", the day in which the moment `ms` since 1970 lies.
std::string day_of(int64_t ms);
// "2026-11-29T08:05:00Z"; the milliseconds are left out.
std::string moment_of(int64_t ms);
// The ms since 1970 at which the day "2026-11-29" begins, or the moment "2026-11-29T08:05:00Z" (fractions of
// a second are allowed, other time zones are not). Nothing for any other text, nor for a day that no
// calendar has.
std::optional<int64_t> to_ms(std::string_view text);

}  // namespace base
