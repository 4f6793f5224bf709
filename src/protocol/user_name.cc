#include "protocol/user_name.h"

#include "base/sha256.h"
#include "base/text.h"
#include "json/escape.h"

namespace protocol {

namespace {
constexpr size_t kMaxOpenai = 64, kMaxAnthropic = 256;

chat::Text fitting(chat::Text user, size_t most, bool address, std::string& scratch) {
  std::string plain = json::unescaped(user);
  if (plain.size() <= most && (address || plain.find('@') == plain.npos)) return user;
  return scratch = base::hex(base::sha256(plain));
}
}  // namespace

chat::Text openai_user(chat::Text user, std::string& scratch) {
  return fitting(user, kMaxOpenai, true, scratch);
}

chat::Text anthropic_user(chat::Text user, std::string& scratch) {
  return fitting(user, kMaxAnthropic, false, scratch);
}

}  // namespace protocol
