#include "chat/token_estimate.h"

#include <algorithm>
#include <array>

namespace chat {

namespace {

// ---- what a piece costs, in hundredths of a token

using Table = std::array<uint16_t, 16>;  // by length, from 1

struct Costs {
  Table table;
  uint16_t more;  // per letter beyond the table
};
// Words by what stands before them and belongs to their first token: nothing, one mark, or a space.
constexpr Costs kBare = {{100, 108, 116, 108, 109, 112, 133, 126, 140, 143, 145, 160, 176, 220, 240, 300},
                         20};
constexpr Costs kMarked = {{107, 112, 122, 114, 140, 140, 160, 160, 177, 203, 208, 253, 261, 320, 380, 400},
                           25};
constexpr Costs kSpaced = {{100, 100, 102, 101, 102, 104, 104, 108, 111, 117, 123, 124, 131, 140, 175, 200},
                           30};
// Words that begin with two capitals or more.
constexpr Costs kCapitals = {{100, 115, 150, 180, 200, 200, 220, 240, 260, 270, 310, 320, 340, 350, 360, 370},
                             25};
constexpr Costs kMarks = {{100, 102, 122, 160, 200, 245, 265, 280, 330, 340, 340, 350, 360, 370, 380, 390},
                          10};

constexpr uint32_t kExtendedLetter = 45;  // more, for a letter outside ASCII
constexpr uint32_t kHan = 80, kKana = 72, kHangul = 84, kCyrillic = 28, kOther = 50, kSymbol = 110;

// ---- characters

enum Kind : uint8_t {
  lower,
  upper,
  extended,  // a Latin letter outside ASCII
  digit,
  space,
  line_end,
  mark,
  wide_mark,  // punctuation outside ASCII
  han,
  kana,
  hangul,
  cyrillic,  // and Greek
  other,     // any other script
  symbol,    // emoji and the like
};

constexpr Kind kind_of_ascii(unsigned char c) {
  if (c >= 'a' && c <= 'z') return lower;
  if (c >= 'A' && c <= 'Z') return upper;
  if (c >= '0' && c <= '9') return digit;
  if (c == ' ' || c == '\t') return space;
  return c == '\n' || c == '\r' ? line_end : mark;
}
constexpr auto kAscii = [] {
  std::array<Kind, 128> table{};
  for (int c = 0; c < 128; c++) table[size_t(c)] = kind_of_ascii(static_cast<unsigned char>(c));
  return table;
}();

Kind kind_of(uint32_t c) {
  if (c < 0x80) return kAscii[c];
  if (c == 0xa0 || c == 0x3000) return space;
  if (c < 0xc0) return wide_mark;
  if (c < 0x250) return extended;
  if (c < 0x370) return other;
  if (c < 0x530) return cyrillic;
  if (c < 0x2000) return c >= 0x1100 && c < 0x1200 ? hangul : other;
  if (c < 0x2e80) return c >= 0x2190 ? symbol : wide_mark;
  if (c < 0x3040) return wide_mark;
  if (c < 0x3100) return kana;
  if (c < 0xa000) return han;
  if (c >= 0xac00 && c < 0xd7b0) return hangul;
  if (c >= 0xf900 && c < 0xfb00) return han;
  if (c >= 0xff00 && c < 0xfff0) return c >= 0xff66 && c < 0xffa0 ? kana : wide_mark;
  return c >= 0x20000 && c < 0x32000 ? han : c < 0x10000 ? other : symbol;
}

uint32_t hex4(const char* at) {
  uint32_t value = 0;
  for (int i = 0; i < 4; i++) {
    auto c = static_cast<unsigned char>(at[i]);
    value = value << 4 | (c <= '9' ? c - '0' : (c | 32) - 'a' + 10u);
  }
  return value;
}

// The kind of the next character of an escaped text; `at` moves behind it.
Kind next_escape(const char*& at, const char* end) {
  char c = end - at > 1 ? at[1] : ' ';
  if (c == 'u' && end - at >= 6) {
    uint32_t unit = hex4(at + 2);
    at += 6;
    if (unit < 0xd800 || unit >= 0xe000) return kind_of(unit);
    if (unit < 0xdc00 && end - at >= 6 && at[0] == '\\') at += 6;
    return symbol;
  }
  at += std::min<std::ptrdiff_t>(2, end - at);
  if (c == 'n' || c == 'r') return line_end;
  return c == 't' ? space : mark;
}

Kind next_wide(const char*& at, const char* end) {
  auto lead = static_cast<unsigned char>(*at);
  int size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  uint32_t c = lead & (0x7fu >> size);
  for (int i = 1; i < size && at + i < end; i++) c = c << 6 | (static_cast<unsigned char>(at[i]) & 0x3f);
  at += std::min<std::ptrdiff_t>(size, end - at);
  return kind_of(c);
}

// ---- pieces

class Pieces {
 public:
  void add(Kind kind) {
    if (kind <= extended) return letter(kind);
    end_word();
    switch (kind) {
      case digit: return number();
      case space: return gap();
      case line_end: return line();
      case mark:
      case wide_mark: return punctuation(kind);
      default: return script(kind);
    }
  }

  uint64_t close() {
    end_word();
    end_marks();
    if (spaces_ || lines_) cost_ += 100;
    return cost_;
  }

 private:
  void letter(Kind kind) {
    // "camelCase" is two pieces.
    if (letters_ && kind == upper && has_lower_) end_word();
    if (!letters_) begin_word();
    letters_++;
    if (kind == upper) {
      capitals_++;
    } else {
      has_lower_ = true;
    }
    if (kind == extended) cost_ += kExtendedLetter;
  }

  void begin_word() {
    bool takes_mark = marks_ == 1 && !marks_spaced_ && !marks_wide_;
    if (takes_mark) {
      marks_ = 0;
      before_ = &kMarked;
    } else {
      end_marks();
      end_lines();
      before_ = spaces_ ? &kSpaced : &kBare;
      if (spaces_ > 1) cost_ += 100;
    }
    spaces_ = 0;
    digits_ = 0;
  }

  void end_word() {
    if (!letters_) return;
    cost_ += of(capitals_ > 1 ? kCapitals : *before_, letters_);
    letters_ = capitals_ = 0;
    has_lower_ = false;
  }

  void number() {
    end_marks();
    end_lines();
    // A space is no part of a number.
    if (spaces_) cost_ += spaces_ > 1 ? 200 : 100;
    if (spaces_) digits_ = 0;
    spaces_ = 0;
    if (digits_++ % 3 == 0) cost_ += 100;
  }

  void gap() {
    end_marks();
    spaces_++;
    digits_ = 0;
  }

  // A run of white space with line ends in it is one piece; line ends right behind marks belong to these.
  void line() {
    if (marks_) {
      end_marks();
      after_marks_ = true;
    } else if (!after_marks_ || spaces_) {
      lines_ = true;
      after_marks_ = false;
    }
    spaces_ = 0;
    digits_ = 0;
  }

  void punctuation(Kind kind) {
    end_lines();
    if (!marks_) {
      marks_spaced_ = spaces_ > 0;
      marks_wide_ = false;
      if (spaces_ > 1) cost_ += 100;
    }
    spaces_ = 0;
    digits_ = 0;
    marks_++;
    if (kind == wide_mark) {
      marks_wide_ = true;
      cost_ += 25;
    }
  }

  void script(Kind kind) {
    end_marks();
    end_lines();
    if (spaces_ > 1) cost_ += 100;
    spaces_ = 0;
    digits_ = 0;
    constexpr uint32_t kCosts[] = {kHan, kKana, kHangul, kCyrillic, kOther, kSymbol};
    cost_ += kCosts[kind - han];
  }

  void end_marks() {
    if (marks_) cost_ += of(kMarks, marks_);
    marks_ = 0;
  }

  void end_lines() {
    if (lines_) cost_ += 100;
    lines_ = after_marks_ = false;
  }

  static uint64_t of(const Costs& costs, uint32_t length) {
    if (length <= costs.table.size()) return costs.table[length - 1];
    return costs.table.back() + uint64_t(costs.more) * (length - costs.table.size());
  }

  uint64_t cost_ = 0;
  const Costs* before_ = &kBare;
  uint32_t letters_ = 0, capitals_ = 0, digits_ = 0, spaces_ = 0, marks_ = 0;
  bool has_lower_ = false, marks_spaced_ = false, marks_wide_ = false, lines_ = false, after_marks_ = false;
};

}  // namespace

int64_t estimate_tokens(Text escaped) {
  Pieces pieces;
  const char *at = escaped.data(), *end = at + escaped.size();
  while (at < end) {
    auto c = static_cast<unsigned char>(*at);
    if (c >= 0x80) {
      pieces.add(next_wide(at, end));
    } else if (c == '\\') {
      pieces.add(next_escape(at, end));
    } else {
      pieces.add(kAscii[c]);
      at++;
    }
  }
  return int64_t((pieces.close() + 50) / 100);
}

}  // namespace chat
