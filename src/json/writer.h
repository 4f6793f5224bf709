// Appends JSON text to a buffer. It knows when a comma is due and how to quote; nesting is the caller's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "json/escape.h"

namespace json {

class Writer {
 public:
  // `out` is appended to and must outlive the writer.
  explicit Writer(std::string& out) : out_(out) {}

  Writer& begin_object() { return open('{'); }
  Writer& end_object() { return close('}'); }
  Writer& begin_array() { return open('['); }
  Writer& end_array() { return close(']'); }

  // A member's name, written as it stands: it must need no escapes.
  Writer& key(std::string_view name);
  // A member's name that is already escaped JSON text. Same bytes as key(); named for the reader.
  Writer& escaped_key(std::string_view name) { return key(name); }
  // A whole JSON value as it stands.
  Writer& raw(std::string_view json) {
    comma();
    out_ += json;
    return *this;
  }
  // A string whose text is escaped already.
  Writer& text(std::string_view escaped);
  // A string, escaped here.
  Writer& string(std::string_view utf8);
  Writer& number(int64_t value);
  Writer& boolean(bool value) { return raw(value ? "true" : "false"); }
  Writer& null() { return raw("null"); }

  // For a value that the caller appends to out() by hand: comma() first.
  std::string& out() { return out_; }
  Writer& comma() {
    if (!first_) out_ += ',';
    first_ = false;
    return *this;
  }

 private:
  Writer& open(char c) {
    comma();
    out_ += c;
    first_ = true;
    return *this;
  }
  Writer& close(char c) {
    out_ += c;
    first_ = false;
    return *this;
  }
  void open_quote();
  std::string& out_;
  bool first_ = true;
};

// Makes one line of the JSON text in `json` from `from` on, as a server-sent event's data must be: a line
// break stands between tokens only, where a space means the same.
void flatten(std::string& json, size_t from = 0);

}  // namespace json
