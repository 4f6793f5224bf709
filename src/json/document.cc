#include "json/document.h"

#include <algorithm>
#include <array>
#include <utility>

#include "json/simd.h"
#include "json/string_end.h"
#include "json/utf8.h"

namespace json {

namespace {
constexpr uint32_t kMaxDepth = 256;
constexpr size_t kMaxSize = size_t(1) << 28;   // a node keeps 28 bits of size
constexpr size_t kMaxNodes = size_t(1) << 21;  // 24 MB of tape

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
// What may follow a backslash, but for the "u" of a code unit.
bool is_short_escape(char c) {
  constexpr auto kShort = [] {
    std::array<bool, 256> table{};
    for (char escape : {'"', '\\', '/', 'b', 'f', 'n', 'r', 't'}) table[uint8_t(escape)] = true;
    return table;
  }();
  return kShort[uint8_t(c)];
}
bool is_hex_digit(char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }
}  // namespace

// One pass, no recursion: the containers still open are chained through their nodes' `next`, which is not
// needed before they close. Every member function returns false after noting the error.
class Parser {
 public:
  Parser(Document& document, std::string_view text)
      : tape_(document.tape_), begin_(text.data()), at_(begin_), end_(begin_ + text.size()) {}

  bool run() {
    skip_space();
    if (!value()) return false;
    while (open_ != kNone)
      if (!next_in_container()) return false;
    skip_space();
    return at_ == end_ || fail(Error::trailing);
  }
  Error error() const { return error_; }
  size_t offset() const { return size_t(at_ - begin_); }

 private:
  static constexpr uint32_t kNone = ~0u;

  // After an opening bracket or an item: the container's end, or its next item.
  bool next_in_container() {
    bool object = tape_[open_].kind() == Kind::object;
    skip_space();
    if (peek() == (object ? '}' : ']')) return close();
    bool empty = tape_.size() == open_ + 1;
    if (!empty) {
      if (!take(',')) return fail(Error::syntax);
      skip_space();
    }
    return object ? key() && value() : value();
  }

  bool key() {
    if (peek() != '"') return fail(Error::syntax);
    if (!string()) return false;
    skip_space();
    if (!take(':')) return fail(Error::syntax);
    skip_space();
    return true;
  }

  // A scalar, or the opening bracket of a container.
  bool value() {
    if (tape_.size() >= kMaxNodes) return fail(Error::size);
    switch (peek()) {
      case '"': return string();
      case '{': return open(Kind::object);
      case '[': return open(Kind::array);
      case 't': return word("true", Kind::boolean);
      case 'f': return word("false", Kind::boolean);
      case 'n': return word("null", Kind::null);
      default: return is_digit(peek()) || peek() == '-' ? number() : fail(Error::syntax);
    }
  }

  bool open(Kind kind) {
    if (depth_ == kMaxDepth) return fail(Error::depth);
    depth_++;
    push(kind, at_, at_);
    tape_.back().next = std::exchange(open_, uint32_t(tape_.size() - 1));
    at_++;
    return true;
  }

  bool close() {
    at_++;
    depth_--;
    Node& container = tape_[open_];
    container.bits |= uint32_t(offset() - container.at) << 4;
    open_ = std::exchange(container.next, uint32_t(tape_.size()));
    return true;
  }

  bool string() {
    const char* from = at_++;
    if (const char* quote = short_end(); quote) return at_ = quote + 1, push(Kind::string, from, at_);
    StringEnd text(at_, end_);
    if (!text.find()) return rest_of_string(from, text.at(), text.escapes());
    at_ = text.at() + 1;
    return push(Kind::string, from, at_, text.escapes());
  }

  // The closing quote of a string of a few bytes, which most keys and many values are; else null.
  const char* short_end() const {
    if (end_ - at_ < simd::kWidth) return nullptr;
    const char* stop = simd::find_special(at_, at_ + simd::kWidth);
    return stop != at_ + simd::kWidth && *stop == '"' ? stop : nullptr;
  }

  // Byte by byte from `at`: the end of the text, or what is wrong with it.
  bool rest_of_string(const char* from, const char* at, bool escaped) {
    for (;;) {
      at = simd::find_special(at, end_);
      if (end_ - at > 1 && *at == '\\') {
        escaped = true;
        if (is_short_escape(at[1])) {
          at += 2;
          continue;
        }
        if (is_unicode_escape(at)) {
          at += 6;
          continue;
        }
      }
      at_ = at;
      return take('"') ? push(Kind::string, from, at_, escaped) : fail(Error::string);
    }
  }

  bool is_unicode_escape(const char* at) const {
    return end_ - at >= 6 && at[1] == 'u' && std::all_of(at + 2, at + 6, is_hex_digit);
  }

  bool number() {
    const char* from = at_;
    take('-');
    if (!take('0') && !digits()) return fail(Error::number);
    if (take('.') && !digits()) return fail(Error::number);
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      if (!digits()) return fail(Error::number);
    }
    return push(Kind::number, from, at_);
  }

  bool digits() {
    const char* from = at_;
    while (is_digit(peek())) at_++;
    return at_ != from;
  }

  bool word(std::string_view word, Kind kind) {
    if (std::string_view(at_, size_t(end_ - at_)).substr(0, word.size()) != word) return fail(Error::syntax);
    const char* from = at_;
    at_ += word.size();
    return push(kind, from, at_);
  }

  bool push(Kind kind, const char* from, const char* to, bool escaped = false) {
    uint32_t next = uint32_t(tape_.size() + 1);
    tape_.push_back(
        {uint32_t(from - begin_), uint32_t(to - from) << 4 | uint32_t(kind) << 1 | uint32_t(escaped), next});
    return true;
  }

  // A zero stands for the end of the text too: the grammar has no place for it.
  char peek() const { return at_ != end_ ? *at_ : '\0'; }
  bool take(char c) {
    if (peek() != c) return false;
    at_++;
    return true;
  }
  void skip_space() {
    while (is_space(peek())) at_++;
  }
  bool fail(Error error) {
    error_ = error;
    return false;
  }

  std::vector<Node>& tape_;
  const char* begin_;
  const char* at_;
  const char* end_;
  uint32_t open_ = kNone;  // tape index of the innermost open container
  uint32_t depth_ = 0;
  Error error_ = Error::none;
};

Error Document::parse(std::string_view text) {
  tape_.clear();
  text_ = text.data();
  error_offset_ = 0;
  if (text.size() >= kMaxSize) return Error::size;
  if (!utf8_valid(text)) return Error::utf8;
  // Chat bodies have a node per 70 to 500 bytes. Texts that are larger hold images, not more values.
  tape_.reserve(std::min<size_t>(text.size() / 64, 8192) + 16);
  Parser parser(*this, text);
  if (parser.run()) return Error::none;
  tape_.clear();
  error_offset_ = parser.offset();
  return parser.error();
}

Value Document::root() const { return tape_.empty() ? Value() : Value(this, 0); }

std::string_view describe(Error error) {
  switch (error) {
    case Error::none: return "valid JSON";
    case Error::syntax: return "not valid JSON: unexpected character or end of text";
    case Error::string: return "not valid JSON: unterminated or malformed string";
    case Error::number: return "not valid JSON: malformed number";
    case Error::utf8: return "not valid JSON: the text is not UTF-8";
    case Error::depth: return "JSON is nested too deeply";
    case Error::size: return "JSON is too large";
    case Error::trailing: return "not valid JSON: text after the end of the value";
  }
  return {};
}

}  // namespace json
