#include "gateway/conversation.h"

#include <string_view>

namespace gateway {

namespace {

// Session ids as the clients we know send them.
constexpr std::string_view kHeaders[] = {"x-claude-code-session-id", "session-id", "session_id",
                                         "x-session-id", "x-session-affinity"};
constexpr std::string_view kMembers[] = {"prompt_cache_key", "user", "safety_identifier"};
constexpr size_t kPrefix = 1024;  // bytes of each opening text that count

uint64_t add(uint64_t hash, std::string_view bytes) {
  for (unsigned char c : bytes) hash = (hash ^ c) * 1099511628211u;  // FNV-1a
  return hash;
}
constexpr uint64_t kStart = 14695981039346656037u;

}  // namespace

uint64_t conversation_of(const http::Request& http, json::Value body, const chat::Request& request) {
  for (std::string_view name : kHeaders) {
    if (std::string_view id = http.header(name); !id.empty()) return add(kStart, id);
  }
  for (std::string_view name : kMembers) {
    if (json::Value id = body[name]; id.is_string() && !id.inner().empty()) return add(kStart, id.inner());
  }
  uint64_t hash = kStart;
  for (const chat::Instruction& said : request.system) hash = add(hash, said.text.substr(0, kPrefix));
  for (const chat::Block& block : request.blocks) {
    if (block.kind == chat::Block::Kind::text) return add(hash, block.body.substr(0, kPrefix));
  }
  return hash;
}

}  // namespace gateway
