#include "protocol/opaque.h"

namespace protocol {

namespace {

// mark, origin, seat, padding to a multiple of four characters, home
constexpr std::string_view kMark = "ISTHMUS1";
constexpr std::string_view kPadding = "AA";
constexpr std::string_view kNobody = "00000000";
constexpr size_t kOriginAt = kMark.size();
constexpr size_t kSeatAt = kOriginAt + 1;
constexpr size_t kHomeAt = kSeatAt + 1 + kPadding.size();
constexpr size_t kSize = kHomeAt + kNobody.size();

constexpr char letter_of(chat::Origin origin) { return char('A' + int(origin)); }

}  // namespace

void append_opaque(const chat::Signature& signature, chat::Origin own, std::string& out, Seat seat) {
  if (signature.origin != own) {
    out += kMark;
    out += letter_of(signature.origin);
    out += char('A' + int(seat));
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

Seat seat_of(chat::Text text) {
  if (!text.starts_with(kMark) || text.size() < kSize) return Seat::thinking;
  int seat = text[kSeatAt] - 'A';
  return seat < 0 || seat > int(Seat::text) ? Seat::thinking : Seat(seat);
}

}  // namespace protocol
