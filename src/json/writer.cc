#include "json/writer.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace json {

// Room is made once, filled with quotes: a call for each piece of a short name takes longer than the piece.
Writer& Writer::key(std::string_view name) {
  size_t size = name.size() + (first_ ? 3 : 4);
  out_.append(size, '"');
  char* at = out_.data() + out_.size() - size;
  if (!first_) *at++ = ',';
  std::memcpy(at + 1, name.data(), name.size());
  out_.back() = ':';
  first_ = true;
  return *this;
}

void Writer::open_quote() {
  out_.append(first_ ? "\"" : ",\"", first_ ? 1 : 2);
  first_ = false;
}

Writer& Writer::text(std::string_view escaped) {
  open_quote();
  out_ += escaped;
  out_ += '"';
  return *this;
}

Writer& Writer::string(std::string_view utf8) {
  open_quote();
  escape(utf8, out_);
  out_ += '"';
  return *this;
}

Writer& Writer::number(int64_t value) {
  comma();
  base::append_int(out_, value);
  return *this;
}

void flatten(std::string& json, size_t from) {
  std::replace_if(
      json.begin() + ptrdiff_t(from), json.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
}

}  // namespace json
