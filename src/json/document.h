// JSON as a flat tape over the caller's bytes. Nothing is copied or unescaped while parsing.
//
// The tape holds one Node per value and per key, in text order. A container's node is followed by its
// children, and every node knows the index of its next sibling, so skipping a subtree is one load.
// `docs/json.md` draws it.
//
// Accepted: RFC 8259 exactly, in UTF-8 without a byte order mark. Lone surrogates in \u escapes are accepted
// (the grammar allows them) and become U+FFFD when unescaped. Refused: depth over 256, text of 256 MiB and
// more, and more than two million values (a tape takes 12 bytes per value and key).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace json {

enum class Kind : uint8_t { null, boolean, number, string, array, object };
enum class Error : uint8_t { none, syntax, string, number, utf8, depth, size, trailing };

// A sentence for a client: "not valid JSON: unterminated or malformed string". Static storage.
std::string_view describe(Error error);

struct Node {
  uint32_t at;    // offset of the first byte, the opening quote or bracket included
  uint32_t bits;  // size in bytes << 4 | kind << 1 | escaped
  uint32_t next;  // tape index of the following sibling
  Kind kind() const { return Kind(bits >> 1 & 7); }
  bool escaped() const { return bits & 1; }
  uint32_t size() const { return bits >> 4; }
};

class Value;

// Owns the tape, not the text. A Document may be parsed into again; its tape's memory is reused.
class Document {
 public:
  // `text` must outlive every Value of this document. After an error the document holds no values.
  Error parse(std::string_view text);
  // The root value; missing if nothing was parsed.
  Value root() const;
  // Offset in the text where the last parse failed.
  size_t error_offset() const { return error_offset_; }

 private:
  friend class Value;
  friend class Items;
  friend class Parser;
  const char* text_ = nullptr;
  std::vector<Node> tape_;
  size_t error_offset_ = 0;
};

// A view of one value: two words, cheap to copy. Lives as long as its document and text.
// A default Value is "missing": falsy, and every getter yields its empty answer, so lookups chain without
// checks.
class Value {
 public:
  Value() = default;
  Value(const Document* document, uint32_t index) : document_(document), index_(index) {}

  explicit operator bool() const { return document_ != nullptr; }
  Kind kind() const { return node().kind(); }  // only on a present value
  bool is(Kind k) const { return document_ && kind() == k; }
  bool is_string() const { return is(Kind::string); }
  bool is_object() const { return is(Kind::object); }
  bool is_array() const { return is(Kind::array); }
  bool is_null() const { return is(Kind::null); }
  // Present and not null.
  bool has_value() const { return document_ && kind() != Kind::null; }

  // The value's JSON text as it stands in the source.
  std::string_view raw() const;
  // A string's text between its quotes, still escaped. Empty for anything else.
  std::string_view inner() const;
  // True if a string's text contains escapes.
  bool escaped() const { return document_ && node().escaped(); }
  // True for the string `text`, however it is escaped.
  bool equals(std::string_view text) const;
  // True for the literal `true`.
  bool is_true() const { return raw() == "true"; }
  bool is_false() const { return raw() == "false"; }
  // An unescaped copy of a string. Empty for anything else.
  std::string str() const;
  // A number's integer part, saturating; `fallback` for anything else.
  int64_t to_int(int64_t fallback = 0) const;

  // Member of an object. With duplicate keys the last one wins, as in JSON.parse.
  Value operator[](std::string_view key) const;
  // Members of an object, elements of an array, nothing otherwise.
  class Items items() const;
  // Number of members or elements.
  size_t size() const;

 private:
  const Node& node() const { return document_->tape_[index_]; }
  const Document* document_ = nullptr;
  uint32_t index_ = 0;
};

struct Item {
  Value key;  // missing in an array
  Value value;
};

// for (auto [key, value] : v.items())
class Items {
 public:
  struct Iterator {
    const Document* document;
    uint32_t index;
    bool object;
    bool operator!=(const Iterator& other) const { return index != other.index; }
    void operator++() { index = document->tape_[index + object].next; }
    Item operator*() const {
      return object ? Item{{document, index}, {document, index + 1}} : Item{{}, {document, index}};
    }
  };
  Items(const Document* document, uint32_t first, uint32_t end, bool object)
      : document_(document), first_(first), end_(end), object_(object) {}
  Iterator begin() const { return {document_, first_, object_}; }
  Iterator end() const { return {document_, end_, object_}; }

 private:
  const Document* document_;
  uint32_t first_, end_;
  bool object_;
};

}  // namespace json
