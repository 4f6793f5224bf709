#include "gateway/signatures.h"

#include <deque>
#include <unordered_map>

#include "config/settings.h"

namespace gateway {

namespace {

using chat::Block;

constexpr size_t kMaxBytes = 4 << 20;
constexpr size_t kMaxEntry = 2 << 20;
constexpr std::string_view kMark = "__sig__";  // between an id and the signature it carries

struct Call {
  KeptSignature signature;
  std::vector<Thought> thoughts;

  size_t size() const {
    size_t bytes = signature.text.size() + sizeof(Call);
    for (const Thought& thought : thoughts) bytes += thought.text.size() + thought.signature.text.size();
    return bytes;
  }
};

struct Memory {
  std::unordered_map<std::string, Call> by_id;
  std::deque<std::string> order;  // oldest first
  size_t bytes = 0;
};
Memory& memory() {
  static Memory instance;
  return instance;
}

void forget_oldest(Memory& m) {
  auto oldest = m.by_id.find(m.order.front());
  m.bytes -= oldest->first.size() + oldest->second.size();
  m.by_id.erase(oldest);
  m.order.pop_front();
}

const Call* remembered(chat::Text id) {
  if (memory().by_id.empty()) return nullptr;
  auto found = memory().by_id.find(std::string(id));
  return found == memory().by_id.end() ? nullptr : &found->second;
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

chat::Signature copied(const KeptSignature& kept, base::Arena& arena) {
  return {arena.copy(kept.text), kept.origin, arena.copy(kept.home)};
}

void restore_call(Block& call, base::Arena& arena) {
  if (call.signature.origin != chat::Origin::none) return;
  if (chat::Text carried = carried_signature(call.id, arena); !carried.empty()) {
    call.signature = {carried, chat::Origin::gemini, {}};
  } else if (const Call* known = remembered(call.id); known && !known->signature.text.empty()) {
    call.signature = copied(known->signature, arena);
  }
}

// What is remembered of the thinking before the calls of a turn; null if the client brought it itself.
const Call* thoughts_of(const chat::Request& request, const chat::Message& message) {
  const Call* found = nullptr;
  for (uint32_t i = message.first; i < message.first + message.count; i++) {
    const Block& block = request.blocks[i];
    if (block.kind == Block::Kind::thinking && !block.signature.text.empty()) return nullptr;
    if (found || block.kind != Block::Kind::tool_call) continue;
    const Call* known = remembered(block.id);
    if (known && !known->thoughts.empty()) found = known;
  }
  return found;
}

Block block_of(const Thought& thought, base::Arena& arena) {
  Block block;
  block.kind = Block::Kind::thinking;
  block.body = arena.copy(thought.text);
  block.id = arena.copy(thought.id);
  block.redacted = thought.redacted;
  block.signature = copied(thought.signature, arena);
  return block;
}

// The turn's own unsigned account of its thinking gives way to the original.
void put_thoughts(const Call& known, const chat::Request& request, const chat::Message& message,
                  base::Arena& arena, std::vector<Block>& out) {
  for (const Thought& thought : known.thoughts) out.push_back(block_of(thought, arena));
  for (uint32_t i = message.first; i < message.first + message.count; i++) {
    if (request.blocks[i].kind != Block::Kind::thinking) out.push_back(request.blocks[i]);
  }
}

void restore_thoughts(chat::Request& request, base::Arena& arena) {
  std::vector<Block> blocks;
  blocks.reserve(request.blocks.size() + request.messages.size());
  for (chat::Message& message : request.messages) {
    auto first = uint32_t(blocks.size());
    const Call* known = message.role == chat::Role::assistant ? thoughts_of(request, message) : nullptr;
    if (known) {
      put_thoughts(*known, request, message, arena, blocks);
    } else {
      auto begin = request.blocks.begin() + message.first;
      blocks.insert(blocks.end(), begin, begin + message.count);
    }
    message = {message.role, first, uint32_t(blocks.size()) - first};
  }
  request.blocks = std::move(blocks);
}

}  // namespace

void remember_call(chat::Text call_id, const chat::Signature& signature, std::vector<Thought> thoughts) {
  if (call_id.empty() || (signature.text.empty() && thoughts.empty())) return;
  Call call{KeptSignature(signature), std::move(thoughts)};
  size_t bytes = call_id.size() + call.size();
  if (bytes > kMaxEntry) return;
  Memory& m = memory();
  if (!m.by_id.try_emplace(std::string(call_id), std::move(call)).second) return;
  m.order.emplace_back(call_id);
  m.bytes += bytes;
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
  bool thinking = false;
  for (Block& block : request.blocks) {
    if (block.kind != Block::Kind::tool_call) continue;
    restore_call(block, arena);
    const Call* known = remembered(block.id);
    thinking |= known && !known->thoughts.empty();
  }
  if (thinking) restore_thoughts(request, arena);
}

void drop_signatures(chat::Request& request) {
  for (Block& block : request.blocks) block.signature = {};
}

}  // namespace gateway
