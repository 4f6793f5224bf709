#include "base/date.h"

#include "base/text.h"

namespace base {

namespace {

// Days from and to the civil calendar, in eras of 400 years whose years begin in March, so that the leap day
// is their last (Howard Hinnant's "chrono-compatible low-level date algorithms").
constexpr int64_t kEraDays = 146'097, kEpochDays = 719'468;  // the latter: 0000-03-01 to 1970-01-01

int64_t days_from(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2;
  int64_t era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
  int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * kEraDays + of_era * 365 + of_era / 4 - of_era / 100 + of_year - kEpochDays;
}

void append_padded(std::string& out, int64_t value, size_t digits) {
  std::string text = to_text(value);
  out.append(digits > text.size() ? digits - text.size() : 0, '0').append(text);
}

// Exactly as `shape` has it, where '0' stands for a digit.
bool has_shape(std::string_view text, std::string_view shape) {
  if (text.size() != shape.size()) return false;
  for (size_t i = 0; i < text.size(); i++) {
    bool fits = shape[i] == '0' ? text[i] >= '0' && text[i] <= '9' : text[i] == shape[i];
    if (!fits) return false;
  }
  return true;
}

int64_t number_at(std::string_view text, size_t at, size_t size) { return *to_int(text.substr(at, size)); }

}  // namespace

std::string day_of(int64_t ms) {
  int64_t days = ms / kDayMs - (ms % kDayMs < 0) + kEpochDays;
  int64_t era = days / kEraDays, of_era = days % kEraDays;
  int64_t year = (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
  int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  int64_t month = (5 * of_year + 2) / 153, day = of_year - (153 * month + 2) / 5 + 1;
  month += month < 10 ? 3 : -9;
  std::string out;
  append_padded(out, year + era * 400 + (month <= 2), 4);
  append_padded(out += '-', month, 2);
  append_padded(out += '-', day, 2);
  return out;
}

std::string moment_of(int64_t ms) {
  std::string out = day_of(ms);
  int64_t seconds = (ms % kDayMs + kDayMs) % kDayMs / 1000;
  append_padded(out += 'T', seconds / 3600, 2);
  append_padded(out += ':', seconds / 60 % 60, 2);
  append_padded(out += ':', seconds % 60, 2);
  return out += 'Z';
}

std::optional<int64_t> to_ms(std::string_view text) {
  std::string_view day = text.substr(0, 10), time = text.substr(day.size());
  if (!has_shape(day, "0000-00-00")) return std::nullopt;
  int64_t days = days_from(number_at(day, 0, 4), number_at(day, 5, 2), number_at(day, 8, 2));
  if (day_of(days * kDayMs) != day) return std::nullopt;
  if (time.empty()) return days * kDayMs;
  if (!time.ends_with('Z') || !has_shape(time.substr(0, 9), "T00:00:00")) return std::nullopt;
  int64_t hour = number_at(time, 1, 2), minute = number_at(time, 4, 2), second = number_at(time, 7, 2);
  std::string_view fraction = time.substr(9, time.size() - 10);
  bool digits = fraction.size() > 1 && fraction.find_first_not_of("0123456789", 1) == fraction.npos;
  if (!fraction.empty() && !(fraction[0] == '.' && digits)) return std::nullopt;
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return days * kDayMs + (hour * 3600 + minute * 60 + second) * 1000;
}

}  // namespace base
