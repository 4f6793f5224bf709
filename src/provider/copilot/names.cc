#include "provider/copilot/names.h"

namespace provider::github {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr size_t kDate = 8;  // digits of "20250929"

std::string_view without_date(std::string_view name) {
  if (name.ends_with("-latest")) return name.substr(0, name.size() - 7);
  if (name.size() <= kDate || name[name.size() - kDate - 1] != '-') return name;
  std::string_view date = name.substr(name.size() - kDate);
  bool digits = date.find_first_not_of("0123456789") == date.npos;
  return digits ? name.substr(0, name.size() - kDate - 1) : name;
}

}  // namespace

std::string spelled_right(std::string_view name) {
  std::string out(without_date(name));
  for (size_t i = 1; i + 1 < out.size(); i++) {
    bool version = out[i] == '-' && is_digit(out[i - 1]) && is_digit(out[i + 1]) &&
                   (i + 2 == out.size() || out[i + 2] == '-');
    if (version) out[i] = '.';
  }
  return out;
}

}  // namespace provider::github
