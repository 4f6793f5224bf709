#include "protocol/anthropic_cache.h"

#include <algorithm>

namespace protocol::anthropic {

namespace {

using Kind = chat::Block::Kind;

constexpr size_t kMax = 4;

template <typename List>
size_t count_marks(const List& list) {
  return size_t(
      std::count_if(list.begin(), list.end(), [](const auto& e) { return !e.cache_control.empty(); }));
}

size_t excess_of(size_t marks, size_t room) { return marks > room ? marks - room : 0; }

// The result of the last call that has one: results are written in the order of their calls.
size_t last_result_of(const chat::Request& request, const chat::Message& user) {
  for (size_t i = user.first; i-- > 0;) {
    if (request.blocks[i].kind != Kind::tool_call) continue;
    for (size_t r = user.first; r < user.first + user.count; r++) {
      const chat::Block& block = request.blocks[r];
      if (block.kind == Kind::tool_result && block.id == request.blocks[i].id) return r;
    }
  }
  return CacheMarks::kNone;
}

// Results come first in a message, so what else the user said ends it.
size_t last_block_of(const chat::Request& request) {
  const chat::Message& message = request.messages.back();
  if (message.role != chat::Role::user) return CacheMarks::kNone;
  size_t last = CacheMarks::kNone;
  for (size_t i = message.first; i < message.first + message.count; i++) {
    const chat::Block& block = request.blocks[i];
    if (block.kind == Kind::tool_result) {
      i += block.children;
    } else if (block.kind == Kind::media || !block.body.empty()) {
      last = i;
    }
  }
  return last == CacheMarks::kNone ? last_result_of(request, message) : last;
}

}  // namespace

CacheMarks::CacheMarks(const chat::Request& request) {
  size_t head = count_marks(request.tools) + count_marks(request.system);
  size_t messages = count_marks(request.blocks);
  head_excess_ = excess_of(head, kMax);
  message_excess_ = excess_of(messages, kMax - std::min(head, kMax));
  automatic_ = head + messages == 0 && (!request.tools.empty() || request.messages.size() > 1);
  if (automatic_ && !request.messages.empty()) last_block_ = last_block_of(request);
}

}  // namespace protocol::anthropic
