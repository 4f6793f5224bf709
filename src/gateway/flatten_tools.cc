#include "gateway/flatten_tools.h"

#include <string>

#include "json/escape.h"

namespace gateway {

bool flatten_tools(chat::Request& request, base::Arena& arena) {
  using Kind = chat::Block::Kind;
  bool any = false;
  for (chat::Block& block : request.blocks) {
    if (block.kind != Kind::tool_call && block.kind != Kind::tool_result) continue;
    any = true;
    std::string text = block.kind == Kind::tool_call ? "[Called " : "[Result of ";
    text += block.name.empty() ? chat::Text("a tool") : block.name;
    if (block.kind == Kind::tool_call) {
      const chat::Arguments& arguments = block.arguments;
      text += " with ";
      text += arguments.encoded ? std::string(arguments.text) : json::escaped(arguments.text);
    }
    text += block.is_error ? ", which failed]" : "]";
    chat::Block said;  // what a result held follows as blocks of the same message
    said.kind = Kind::text;
    said.body = arena.copy(text);
    block = said;
  }
  return any;
}

}  // namespace gateway
