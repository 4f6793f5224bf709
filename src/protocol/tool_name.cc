#include "protocol/tool_name.h"

namespace protocol {

namespace {

constexpr size_t kMaxSize = 64;
constexpr size_t kHashDigits = 8;

bool is_letter(char c) { return ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_'; }
bool is_allowed(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; }

bool is_safe(chat::Text name) {
  if (name.empty() || name.size() > kMaxSize || !is_letter(name[0])) return false;
  for (char c : name) {
    if (!is_allowed(c)) return false;
  }
  return true;
}

// FNV-1a, 32 bits: tells a request's handful of tools and calls apart; nothing depends on it being hard to
// invert.
uint32_t hash_of(chat::Text name) {
  uint32_t hash = 2166136261u;
  for (unsigned char c : name) hash = (hash ^ c) * 16777619u;
  return hash;
}

// The beginning of `text` in letters that are allowed, and a hash of all of it, `most` characters together.
void append_hashed(chat::Text text, size_t most, std::string& out) {
  for (char c : text.substr(0, most - kHashDigits - 1)) out += is_allowed(c) ? c : '_';
  out += '_';
  uint32_t hash = hash_of(text);
  for (size_t i = 0; i < kHashDigits; i++, hash <<= 4) out += "0123456789abcdef"[hash >> 28];
}

}  // namespace

chat::Text safe_tool_name(chat::Text name, std::string& scratch) {
  if (is_safe(name)) return name;
  scratch.clear();
  if (name.empty() || !is_letter(name[0])) scratch += '_';
  append_hashed(name, kMaxSize - 1, scratch);
  return scratch;
}

chat::Text safe_tool_id(chat::Text id, std::string& scratch, size_t most) {
  bool safe = !id.empty() && id.size() <= most;
  for (char c : id) safe &= is_allowed(c);
  if (safe) return id;
  scratch.clear();
  append_hashed(id, most, scratch);
  return scratch;
}

chat::Text declared_tool_name(const std::vector<chat::Tool>& tools, chat::Text name) {
  std::string scratch;
  for (const chat::Tool& tool : tools) {
    if (tool.name == name) return tool.name;
  }
  for (const chat::Tool& tool : tools) {
    if (safe_tool_name(tool.name, scratch) == name) return tool.name;
  }
  return name;
}

}  // namespace protocol
