#include "protocol/compaction.h"

#include "base/text.h"
#include "json/escape.h"
#include "json/utf8.h"

namespace protocol {

namespace {
constexpr std::string_view kMark = "ISTHMUS1compact_";
}

void append_compaction(chat::Text summary, std::string& out) {
  out += kMark;
  out += base::base64_url(json::unescaped(summary));
}

// The slot comes from a client, who may have written anything into it.
std::optional<chat::Text> read_compaction(chat::Text slot, base::Arena& arena) {
  if (!slot.starts_with(kMark)) return std::nullopt;
  auto plain = base::base64_decode(slot.substr(kMark.size()));
  if (!plain || !json::utf8_valid(*plain)) return std::nullopt;
  return arena.copy(json::escaped(*plain));
}

}  // namespace protocol
