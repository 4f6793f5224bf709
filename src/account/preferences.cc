#include "account/preferences.h"

#include <algorithm>

#include "account/account.h"
#include "base/text.h"

namespace account {

namespace {

using Problem = std::optional<std::string>;

constexpr size_t kMaxName = 256;
constexpr Preference kPreferences[] = {
    {"weight", &Preferences::weight, 1, 1000},
    {"priority", &Preferences::priority, -1000, 1000},
    {"max_concurrent", &Preferences::max_concurrent, 0, 1000},
    {"min_interval_ms", &Preferences::min_interval_ms, 0, 60'000},
};

Problem read_number(json::Value value, const Preference& preference, Preferences& to) {
  to.*preference.to = Preferences().*preference.to;
  if (!value.has_value()) return std::nullopt;
  auto number = value.is(json::Kind::number) ? base::to_int(value.raw()) : std::nullopt;
  if (number && *number >= preference.low && *number <= preference.high) {
    to.*preference.to = *number;
    return std::nullopt;
  }
  return "'" + std::string(preference.name) + "' must be a whole number from " +
         base::to_text(preference.low) + " to " + base::to_text(preference.high) + ".";
}

Problem read_models(json::Value value, std::vector<std::string>& to) {
  to.clear();
  if (!value.has_value()) return std::nullopt;
  if (!value.is_array()) return "'models' must be an array of strings.";
  for (auto [_, entry] : value.items()) {
    if (!entry.is_string()) return "'models' must be an array of strings.";
    std::string name = entry.str();
    if (name.empty() || name == "-" || name.size() > kMaxName || base::has_control(name))
      return "'models' must hold names of 1 to 256 characters without control characters.";
    if (name.find('*') < name.size() - 1)
      return "'models': in '" + name + "' the '*' may stand at the end only, as in 'gemini-2.5-*'.";
    to.push_back(std::move(name));
  }
  return std::nullopt;
}

}  // namespace

std::span<const Preference> preferences() { return kPreferences; }

Problem read_preferences(json::Value record, bool only, Credential& out) {
  for (auto [key, value] : record.items()) {
    auto known = std::find_if(std::begin(kPreferences), std::end(kPreferences),
                              [&key = key](const Preference& each) { return key.equals(each.name); });
    Problem problem;
    if (known != std::end(kPreferences)) {
      problem = read_number(value, *known, out.preferences);
    } else if (key.equals("models")) {
      problem = read_models(value, out.models);
    } else if (only && key.equals("label")) {
      if (value.has_value() && !value.is_string()) problem = "'label' must be a string.";
      out.label = value.str();
      if (base::has_control(out.label)) problem = "'label' must not hold control characters.";
    } else if (only) {
      problem = "'" + key.str() +
                "' cannot be changed here. Settings of an account are label, models, weight, priority, "
                "max_concurrent and min_interval_ms.";
    }
    if (problem) return problem;
  }
  return std::nullopt;
}

void append_preferences(const Credential& credential, json::Writer& w) {
  for (const Preference& each : kPreferences) w.key(each.name).number(credential.preferences.*each.to);
  w.key("models").begin_array();
  for (const std::string& model : credential.models) w.string(model);
  w.end_array();
}

}  // namespace account
