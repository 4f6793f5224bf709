// Gemini: the tools of a client's request.
#include "base/text.h"
#include "protocol/gemini_read.h"
#include "protocol/problem.h"
#include "protocol/schema.h"

namespace protocol::gemini {

namespace {

using chat::Request;
using json::Value;

Problem read_declaration(Value function, const std::string& where, base::Arena& arena, Request& out) {
  if (!function.is_object()) return invalid_at(where, "an object", function);
  Value name = member(function, "name"), schema = member(function, "parametersJsonSchema");
  if (!schema.has_value()) schema = member(function, "parameters");
  if (!name.is_string()) return invalid_at(where + ".name", "TYPE_STRING", name);
  if (name.inner().empty()) return bad_field(where + ".name", "Function name cannot be empty.");
  if (schema.has_value() && !schema.is_object())
    return invalid_at(where + ".parameters", "an object", schema);
  chat::Tool& tool = out.tools.emplace_back();
  tool.name = name.inner();
  tool.description = member(function, "description").inner();
  if (schema.is_object()) tool.schema = read_schema(schema, arena);
  return std::nullopt;
}

Problem read_declarations(Value functions, const std::string& where, base::Arena& arena, Request& out) {
  std::string list = where + ".function_declarations";
  if (!functions.is_array() && !functions.is_object()) return invalid_at(list, "a list", functions);
  return Elements(functions).each([&](Value function, size_t index) {
    return read_declaration(function, element(list, index), arena, out);
  });
}

// Of the tools that Google runs itself, only search has a counterpart elsewhere.
Problem read_tool(Value tool, size_t index, base::Arena& arena, Request& out) {
  std::string where = element("tools", index);
  if (!tool.is_object()) return invalid_at(where, "an object", tool);
  for (auto [key, value] : tool.items()) {
    if (!value.has_value()) continue;
    if (names(key, "functionDeclarations")) {
      if (auto problem = read_declarations(value, where, arena, out)) return problem;
    } else if (names(key, "googleSearch") || names(key, "googleSearchRetrieval")) {
      out.web_search = true;
    }
  }
  return std::nullopt;
}

}  // namespace

Problem read_tools(Value tools, base::Arena& arena, Request& out) {
  if (!tools.is_array() && !tools.is_object()) return invalid_at("tools", "a list", tools);
  return Elements(tools).each([&](Value tool, size_t index) { return read_tool(tool, index, arena, out); });
}

Problem read_tool_config(Value config, Request& out) {
  using Mode = chat::ToolChoice::Mode;
  constexpr std::string_view kField = "tool_config.function_calling_config";
  if (!config.is_object()) return invalid_at("tool_config", "an object", config);
  Value calling = member(config, "functionCallingConfig");
  if (!calling.has_value()) return std::nullopt;
  Value mode = member(calling, "mode"), names = member(calling, "allowedFunctionNames");
  std::string word = base::lower(mode.inner());
  auto& choice = out.tool_choice;
  if (word == "any") {
    choice.mode = Mode::required;
  } else if (word == "none") {
    choice.mode = Mode::none;
  } else if (word == "auto" || word == "validated") {
    choice.mode = Mode::automatic;
  } else if (mode.has_value() && word != "mode_unspecified") {
    return invalid_at(std::string(kField) + ".mode", "FunctionCallingConfig.Mode", mode);
  }
  if (choice.mode == Mode::unset || choice.mode == Mode::none) return std::nullopt;
  for (auto [_, name] : names.items()) {
    if (!name.is_string())
      return invalid_at(std::string(kField) + ".allowed_function_names", "TYPE_STRING", name);
    choice.names.push_back(name.inner());
  }
  if (choice.mode == Mode::required && choice.names.size() == 1) choice.mode = Mode::named;
  return std::nullopt;
}

chat::Raw read_schema(Value schema, base::Arena& arena) {
  if (!is_openapi(schema)) return schema.raw();
  return arena.copy(json_schema_of_openapi(schema.raw()));
}

}  // namespace protocol::gemini
