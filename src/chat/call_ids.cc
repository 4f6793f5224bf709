#include "chat/call_ids.h"

#include <algorithm>
#include <string>

#include "base/apart.h"
#include "base/text.h"

namespace chat {

namespace {

using Kind = Block::Kind;

bool repeats_an_id(const Request& request) {
  std::vector<Text> ids;
  for (const Block& block : request.blocks) {
    if (block.kind == Kind::tool_call) ids.push_back(block.id);
  }
  std::sort(ids.begin(), ids.end());
  return std::adjacent_find(ids.begin(), ids.end()) != ids.end();
}

bool contains(const std::vector<Text>& ids, Text id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

Text unused(Text id, const std::vector<Text>& used, base::Arena& arena) {
  if (!contains(used, id)) return id;
  std::string other;
  for (int64_t number = 2; other.empty() || contains(used, other); number++) {
    other = std::string(id).append("_").append(base::to_text(number));
  }
  return arena.copy(other);
}

// A call that waits for its result: the id that the client knows it by, and its own.
struct Open {
  Text known, own;
};

BASE_APART void rename(Request& request, base::Arena& arena) {
  std::vector<Text> used;
  std::vector<Open> open;
  for (const Message& message : request.messages) {
    if (message.role == Role::assistant) open.clear();
    for (size_t i = message.first; i < message.first + message.count; i++) {
      Block& block = request.blocks[i];
      if (block.kind == Kind::tool_call) {
        open.push_back({block.id, unused(block.id, used, arena)});
        block.id = open.back().own;
        used.push_back(block.id);
      } else if (block.kind == Kind::tool_result) {
        auto call =
            std::find_if(open.begin(), open.end(), [&](const Open& each) { return each.known == block.id; });
        if (call == open.end()) continue;
        block.id = call->own;
        open.erase(call);
      }
    }
  }
}

}  // namespace

void keep_call_ids_apart(Request& request, base::Arena& arena) {
  if (repeats_an_id(request)) rename(request, arena);
}

}  // namespace chat
