#include "script/match.h"

#include <nlohmann/json.hpp>

namespace script {

namespace {

using Json = nlohmann::ordered_json;

bool is_variable(std::string_view text) {
  return text.size() > 1 && text[0] == '$' &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_", 1) == text.npos;
}

std::string differ(const std::string& at, const Json& expected, const Json& actual) {
  return at + ": expected " + expected.dump() + ", but got " + actual.dump();
}

std::string compare(const std::string& at, const Json& expected, const Json& actual, Variables& variables) {
  if (expected.is_string() && expected == "*") return {};
  if (expected.is_string() && actual.is_string()) {
    bool same = matches_text(expected.get<std::string>(), actual.get<std::string>(), variables);
    return same ? std::string() : differ(at, expected, actual);
  }
  if (expected.is_object() && actual.is_object()) {
    for (const auto& [key, value] : expected.items()) {
      auto found = actual.find(key);
      Json got = found == actual.end() ? Json() : *found;
      if (std::string wrong = compare(at + "." + key, value, got, variables); !wrong.empty()) return wrong;
    }
    return {};
  }
  if (expected.is_array() && actual.is_array()) {
    if (expected.size() != actual.size()) return differ(at, expected, actual);
    for (size_t i = 0; i < expected.size(); i++) {
      std::string place = at + "[" + std::to_string(i) + "]";
      if (std::string wrong = compare(place, expected[i], actual[i], variables); !wrong.empty()) return wrong;
    }
    return {};
  }
  return expected == actual ? std::string() : differ(at, expected, actual);
}

}  // namespace

bool matches_text(std::string_view expected, std::string_view actual, Variables& variables) {
  if (is_variable(expected)) {
    auto [place, bound] = variables.try_emplace(std::string(expected), actual);
    return bound || place->second == actual;
  }
  std::string whole = substitute(std::string(expected), variables);
  if (!whole.ends_with('*')) return whole == actual;
  return actual.starts_with(std::string_view(whole).substr(0, whole.size() - 1));
}

std::string difference(std::string_view expected, std::string_view actual, Variables& variables) {
  Json want = Json::parse(expected, nullptr, false), got = Json::parse(actual, nullptr, false);
  if (!want.is_discarded() && !got.is_discarded()) return compare("body", want, got, variables);
  if (matches_text(expected, actual, variables)) return {};
  return "expected:\n" + std::string(expected) + "\nbut got:\n" + std::string(actual);
}

std::string substitute(std::string text, const Variables& variables) {
  // Longer names first, so that $call2 is not taken for $call.
  for (auto entry = variables.rbegin(); entry != variables.rend(); ++entry) {
    for (size_t at = 0; (at = text.find(entry->first, at)) != text.npos; at += entry->second.size())
      text.replace(at, entry->first.size(), entry->second);
  }
  return text;
}

}  // namespace script
