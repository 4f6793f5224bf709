#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace base {

namespace {
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr char kHex[] = "0123456789abcdef";
constexpr char kUpperHex[] = "0123456789ABCDEF";

char lower(char c) { return c >= 'A' && c <= 'Z' ? char(c | 0x20) : c; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_unreserved(char c) {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '.' || c == '_' || c == '~';
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string_view take_digits(std::string_view& text) {
  size_t count = 0;
  while (count < text.size() && is_digit(text[count])) count++;
  std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}
}  // namespace

void append_int(std::string& out, int64_t value) {
  char digits[20];  // "-9223372036854775808"
  auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
  out.append(digits, end);
}

std::string to_text(int64_t value) {
  std::string out;
  append_int(out, value);
  return out;
}

std::optional<int64_t> to_int(std::string_view text) {
  bool plus = take(text, '+');
  if (plus && !text.empty() && text[0] == '-') return {};
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

namespace {
// A JSON number taken apart: 0.<whole><fraction> times ten to the power `point`.
struct Number {
  bool negative = false;
  std::string_view whole, fraction;
  int64_t point = 0;

  char digit(size_t i) const {
    if (i < whole.size()) return whole[i];
    return i - whole.size() < fraction.size() ? fraction[i - whole.size()] : '0';
  }
};

std::optional<int64_t> take_exponent(std::string_view& text) {
  bool negative = take(text, '-');
  if (!negative) take(text, '+');
  std::string_view digits = take_digits(text);
  if (digits.empty()) return {};
  constexpr int64_t kFar = int64_t(1) << 40;  // longer than any text: more digits change nothing
  int64_t exponent = 0;
  for (char c : digits) exponent = std::min(kFar, exponent * 10 + (c - '0'));
  return negative ? -exponent : exponent;
}

std::optional<Number> take_apart(std::string_view text) {
  Number number;
  number.negative = take(text, '-');
  number.whole = take_digits(text);
  if (number.whole.empty() || (number.whole.size() > 1 && number.whole[0] == '0')) return {};
  if (take(text, '.')) {
    number.fraction = take_digits(text);
    if (number.fraction.empty()) return {};
  }
  number.point = int64_t(number.whole.size());
  if (take(text, 'e') || take(text, 'E')) {
    auto exponent = take_exponent(text);
    if (!exponent) return {};
    number.point += *exponent;
  }
  return text.empty() ? std::optional(number) : std::nullopt;
}
}  // namespace

std::optional<int64_t> number_to_int(std::string_view text) {
  auto number = take_apart(text);
  if (!number) return {};
  int64_t written = int64_t(number->whole.size() + number->fraction.size());
  int64_t value = 0;  // negated, since the smallest integer has no positive counterpart
  for (int64_t i = 0; i < number->point; i++) {
    if (i >= written && value == 0) break;
    int64_t digit = number->digit(size_t(i)) - '0';
    if (value < (kMin + digit) / 10) return number->negative ? kMin : kMax;
    value = value * 10 - digit;
  }
  if (number->negative) return value;
  return value == kMin ? kMax : -value;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return uint8_t(c) < 0x20 || c == 0x7f; });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view take_until(std::string_view& text, char separator) {
  size_t at = std::min(text.find(separator), text.size());
  std::string_view taken = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return taken;
}

std::string hex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (unsigned char byte : bytes) (out += kHex[byte >> 4]) += kHex[byte & 15];
  return out;
}

std::string uuid_of(std::string_view bytes, int version) {
  std::string uuid = hex(bytes.substr(0, 16));
  uuid[12] = kHex[version];
  uuid[16] = "89ab"[bytes[8] & 3];
  for (size_t at : {20, 16, 12, 8}) uuid.insert(at, 1, '-');
  return uuid;
}

std::string url_encode(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      out += '%';
      out += kUpperHex[uint8_t(c) >> 4];
      out += kUpperHex[c & 15];
    }
  }
  return out;
}

std::string url_decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); i++) {
    bool coded =
        text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
    if (coded) {
      out += char(hex_digit(text[i + 1]) << 4 | hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  auto decode = [](std::string_view coded) {
    std::string text(coded);
    std::replace(text.begin(), text.end(), '+', ' ');
    return url_decode(text);
  };
  while (!query.empty()) {
    std::string_view value = take_until(query, '&');
    if (decode(take_until(value, '=')) == name) return decode(value);
  }
  return {};
}

bool equals_in_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  volatile uint8_t difference = 0;  // volatile: the compiler may not stop at the first difference
  for (size_t i = 0; i < a.size(); i++) difference = difference | uint8_t(a[i] ^ b[i]);
  return difference == 0;
}

}  // namespace base
