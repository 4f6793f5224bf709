#include "gateway/signatures.h"

#include <deque>
#include <unordered_map>

#include "config/settings.h"

namespace gateway {

namespace {

constexpr size_t kMaxBytes = 4 << 20;
constexpr std::string_view kMark = "__sig__";  // between an id and the signature it carries

struct Memory {
  std::unordered_map<std::string, std::string> by_call;
  std::deque<std::string> order;  // oldest first
  size_t bytes = 0;
};
Memory& memory() {
  static Memory instance;
  return instance;
}

void forget_oldest(Memory& m) {
  auto oldest = m.by_call.find(m.order.front());
  m.bytes -= oldest->first.size() + oldest->second.size();
  m.by_call.erase(oldest);
  m.order.pop_front();
}

// Ids must match [A-Za-z0-9_-]: standard base64 becomes the URL alphabet, and back.
char to_id(char c) { return c == '+' ? '-' : c == '/' ? '_' : c; }
char from_id(char c) { return c == '-' ? '+' : c == '_' ? '/' : c; }

chat::Text carried_signature(chat::Text id, base::Arena& arena) {
  size_t mark = id.find(kMark);
  if (mark == id.npos) return {};
  std::string signature;
  for (char c : id.substr(mark + kMark.size())) signature += from_id(c);
  while (signature.size() % 4) signature += '=';
  return arena.copy(signature);
}

chat::Text remembered_signature(chat::Text id, base::Arena& arena) {
  auto found = memory().by_call.find(std::string(id));
  return found == memory().by_call.end() ? chat::Text{} : arena.copy(found->second);
}

}  // namespace

void remember_signature(chat::Text call_id, const chat::Signature& signature) {
  if (signature.origin != chat::Origin::gemini || signature.text.empty() || call_id.empty()) return;
  Memory& m = memory();
  auto [place, added] = m.by_call.try_emplace(std::string(call_id), signature.text);
  if (!added) return;
  m.order.emplace_back(call_id);
  m.bytes += call_id.size() + signature.text.size();
  while (m.bytes > kMaxBytes) forget_oldest(m);
}

void sign_call_id(const chat::Signature& signature, std::string& call_id) {
  if (!config::settings().signature_in_id || signature.origin != chat::Origin::gemini) return;
  call_id += kMark;
  for (char c : signature.text) {
    if (c != '=') call_id += to_id(c);
  }
}

void restore_signatures(chat::Request& request, base::Arena& arena) {
  for (chat::Block& block : request.blocks) {
    if (block.kind != chat::Block::Kind::tool_call || block.signature.origin != chat::Origin::none) continue;
    chat::Text signature = carried_signature(block.id, arena);
    if (signature.empty()) signature = remembered_signature(block.id, arena);
    if (!signature.empty()) block.signature = {signature, chat::Origin::gemini, {}};
  }
}

void drop_signatures(chat::Request& request) {
  for (chat::Block& block : request.blocks) block.signature = {};
}

}  // namespace gateway
