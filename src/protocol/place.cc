#include "protocol/place.h"

#include "base/text.h"

namespace protocol {

std::string Place::dotted() const {
  std::string out;
  if (parent) out.append(parent->dotted()).append(".");
  if (index == kNone) {
    out += name;
  } else {
    base::append_int(out, int64_t(index));
  }
  return out;
}

std::string Place::bracketed() const {
  if (!parent) return std::string(name);
  std::string out = parent->bracketed();
  if (index == kNone) return out.append(".").append(name);
  out += '[';
  base::append_int(out, int64_t(index));
  return out += ']';
}

}  // namespace protocol
