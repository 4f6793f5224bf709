#include "protocol/opaque.h"

namespace protocol {

namespace {

// mark, origin, padding to a multiple of four characters, home
constexpr std::string_view kMark = "ISTHMUS1";
constexpr std::string_view kPadding = "AAA";
constexpr std::string_view kNobody = "00000000";
constexpr size_t kOriginAt = kMark.size();
constexpr size_t kHomeAt = kOriginAt + 1 + kPadding.size();
constexpr size_t kSize = kHomeAt + kNobody.size();

constexpr char letter_of(chat::Origin origin) { return char('A' + int(origin)); }

}  // namespace

void append_opaque(const chat::Signature& signature, chat::Origin own, std::string& out) {
  if (signature.origin != own) {
    out += kMark;
    out += letter_of(signature.origin);
    out += kPadding;
    out += signature.home.size() == kNobody.size() ? signature.home : kNobody;
  }
  out += signature.text;
}

chat::Signature read_opaque(chat::Text text, chat::Origin own, bool& packed) {
  if (text.empty()) return {};
  if (!text.starts_with(kMark) || text.size() < kSize) return {text, own, {}};
  packed = true;
  int origin = text[kOriginAt] - 'A';
  if (origin <= 0 || origin > int(chat::Origin::codewhisperer)) return {};
  chat::Text home = text.substr(kHomeAt, kNobody.size());
  return {text.substr(kSize), chat::Origin(origin), home == kNobody ? chat::Text{} : home};
}

bool holds_packed(std::string_view body) { return body.find(kMark) != body.npos; }

}  // namespace protocol
