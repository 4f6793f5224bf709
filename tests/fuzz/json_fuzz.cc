// Our parser against nlohmann/json: the same texts are accepted, and their strings read the same.
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "fuzz/fuzz.h"
#include "json/document.h"
#include "json/escape.h"

namespace {

using Json = nlohmann::json;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The digits that begin at `at`.
size_t digits(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && is_digit(text[end])) end++;
  return end - at;
}

// Could a number of the text overflow a double? By its digits alone, or by its exponent.
bool may_overflow(std::string_view text) {
  for (size_t i = 0; i < text.size(); i++) {
    if (size_t run = digits(text, i); run > 200) return true;
    if ((text[i] | 32) != 'e' || i == 0 || !is_digit(text[i - 1])) continue;
    size_t sign = i + 1 < text.size() && (text[i + 1] == '+' || text[i + 1] == '-');
    if (digits(text, i + 1 + sign) > 2) return true;
  }
  return false;
}

// Where the two differ on purpose: nlohmann refuses lone surrogates and numbers that overflow, skips a byte
// order mark and takes NUL for the end.
bool is_known_difference(std::string_view text) {
  if (text.find('\0') != text.npos || text.starts_with("\xEF\xBB\xBF") || may_overflow(text)) return true;
  for (size_t i = 0; i + 3 < text.size(); i++) {
    if (text[i] == '\\' && text[i + 1] == 'u' && (text[i + 2] | 32) == 'd') return true;
  }
  return false;
}

using fuzz::expect;

void compare(json::Value ours, const Json& theirs) {
  switch (ours.kind()) {
    case json::Kind::null: return expect(theirs.is_null());
    case json::Kind::boolean: return expect(theirs.is_boolean() && theirs.get<bool>() == ours.is_true());
    case json::Kind::number: return expect(theirs.is_number());
    case json::Kind::string: return expect(theirs.is_string() && theirs.get<std::string>() == ours.str());
    case json::Kind::array: {
      expect(theirs.is_array() && theirs.size() == ours.size());
      size_t index = 0;
      for (auto [_, element] : ours.items()) compare(element, theirs[index++]);
      return;
    }
    case json::Kind::object:
      expect(theirs.is_object());
      for (auto [key, _] : ours.items()) compare(ours[key.str()], theirs.at(key.str()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Exact exact({reinterpret_cast<const char*>(data), size});
  std::string_view text = exact.text();
  json::Document document;
  json::Error error = document.parse(text);
  if (error == json::Error::depth || is_known_difference(text)) return 0;
  Json theirs = Json::parse(text.begin(), text.end(), nullptr, false);
  expect((error == json::Error::none) == !theirs.is_discarded());
  if (error == json::Error::none) compare(document.root(), theirs);
  return 0;
}
