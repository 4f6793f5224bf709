#include "chat/request.h"

#include "base/text.h"

namespace chat {

void Request::begin(Role role) {
  if (!messages.empty() && messages.back().role == role) return;
  messages.push_back({role, uint32_t(blocks.size()), 0});
}

Block& Request::add(Block::Kind kind) {
  messages.back().count++;
  Block& block = blocks.emplace_back();
  block.kind = kind;
  return block;
}

int64_t Request::choices() const { return n.empty() ? 1 : base::number_to_int(n).value_or(1); }

Text function_of(const Request& request, Text id) {
  if (id.empty()) return {};
  for (size_t i = request.blocks.size(); i-- > 0;) {
    const Block& block = request.blocks[i];
    if (block.kind == Block::Kind::tool_call && block.id == id) return block.name;
  }
  return {};
}

const Tool* find_tool(const Request& request, Text name) {
  for (const Tool& tool : request.tools) {
    if (tool.name == name) return &tool;
  }
  return nullptr;
}

}  // namespace chat
