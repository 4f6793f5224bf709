#include "protocol/tool_turn.h"

#include "base/text.h"
#include "json/document.h"
#include "json/escape.h"

namespace protocol {

size_t result_of(const chat::Request& request, const chat::Block& call, size_t first,
                 std::vector<bool>& used) {
  for (size_t i = 0; i < used.size(); i++) {
    const chat::Block& block = request.blocks[first + i];
    if (block.kind != chat::Block::Kind::tool_result || used[i] || block.id != call.id) continue;
    used[i] = true;
    return first + i;
  }
  return kNoResult;
}

void write_input_object(json::Writer& w, const chat::Block& call, std::string& scratch) {
  std::string_view plain = call.arguments.text;
  bool empty = plain.empty(), object = !call.arguments.encoded;
  if (call.arguments.encoded && !call.custom) {
    scratch.clear();
    json::unescape(plain, scratch);
    plain = scratch;
    json::Document document;
    object = document.parse(plain) == json::Error::none && document.root().is_object();
    empty = base::trim(plain).empty();
  }
  if (call.custom || (!object && !empty)) {
    w.begin_object().key("input").text(call.arguments.text).end_object();
  } else {
    w.raw(empty ? "{}" : plain);
  }
}

}  // namespace protocol
