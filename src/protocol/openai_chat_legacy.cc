#include "protocol/openai_chat_legacy.h"

#include "protocol/openai_chat.h"
#include "protocol/problem.h"

namespace protocol::openai_chat::legacy {

using chat::Block;
using chat::Request;
using json::Value;
using Problem = std::optional<chat::Error>;

Problem read_functions(Value functions, Request& out) {
  Place all("functions");
  if (!functions.is_array()) return wrong_type(all, "an array", functions);
  size_t index = 0;
  for (auto [_, function] : functions.items()) {
    if (auto problem = read_function(function, all[index++], out)) return problem;
  }
  out.parallel_tool_calls = "false";
  return std::nullopt;
}

Problem read_choice(Value choice, Request& out) {
  using Mode = chat::ToolChoice::Mode;
  if (choice.equals("auto")) return out.tool_choice.mode = Mode::automatic, std::nullopt;
  if (choice.equals("none")) return out.tool_choice.mode = Mode::none, std::nullopt;
  if (!choice["name"].is_string())
    return invalid_value("function_call", "send 'none', 'auto' or {\"name\": ...}.");
  out.tool_choice.mode = Mode::named;
  out.tool_choice.names = {choice["name"].inner()};
  return std::nullopt;
}

Problem read_call(Value call, const std::string& where, Request& out) {
  Value name = call["name"], arguments = call["arguments"];
  if (!name.is_string()) return wrong_type(where + ".name", "a string", name);
  if (arguments.has_value() && !arguments.is_string())
    return wrong_type(where + ".arguments", "a string", arguments);
  Block& block = out.add(Block::Kind::tool_call);
  block.id = block.name = name.inner();
  block.arguments = {arguments.inner(), true};
  return std::nullopt;
}

Problem begin_result(Value message, const std::string& where, Request& out) {
  Value name = message["name"];
  if (!name.is_string())
    return name ? wrong_type(where + ".name", "a string", name) : missing(where + ".name");
  out.begin(chat::Role::user);
  Block& block = out.add(Block::Kind::tool_result);
  block.id = block.name = name.inner();
  return std::nullopt;
}

bool wants_old_words(const Stamp& stamp) { return stamp.request && stamp.body["functions"].is_array(); }

}  // namespace protocol::openai_chat::legacy
