#include "base/text.h"
#include "json/document.h"
#include "json/escape.h"

namespace json {

std::string_view Value::raw() const {
  if (!document_) return {};
  return {document_->text_ + node().at, node().size()};
}

std::string_view Value::inner() const {
  if (!is_string()) return {};
  return {document_->text_ + node().at + 1, node().size() - 2};
}

bool Value::equals(std::string_view text) const {
  if (!is_string()) return false;
  std::string_view in = inner();
  if (!node().escaped()) return in == text;
  // An escape stands for at least a sixth of its length and never for more than it: most unequal texts end
  // here.
  if (in.size() < text.size() || in.size() / 6 > text.size()) return false;
  return unescaped(in) == text;
}

std::string Value::str() const {
  std::string text;
  if (escaped()) {
    unescape(inner(), text);
  } else {
    text = inner();
  }
  return text;
}

int64_t Value::to_int(int64_t fallback) const {
  if (!is(Kind::number)) return fallback;
  return base::number_to_int(raw()).value_or(fallback);
}

Value Value::operator[](std::string_view key) const {
  if (!is_object()) return {};
  uint32_t found = 0;
  for (auto [name, value] : items()) {
    // Most names differ in size, which settles it without a look at the text.
    bool perhaps = name.escaped() || name.node().size() == key.size() + 2;
    if (perhaps && name.equals(key)) found = value.index_;
  }
  return found ? Value(document_, found) : Value();
}

Items Value::items() const {
  if (!is_object() && !is_array()) return {nullptr, 0, 0, false};
  return {document_, index_ + 1, node().next, is_object()};
}

size_t Value::size() const {
  size_t count = 0;
  for ([[maybe_unused]] auto item : items()) count++;
  return count;
}

}  // namespace json
