// OpenAI Responses: the tools of a client's request, and of one for an upstream.
#include "json/writer.h"
#include "protocol/custom_tool.h"
#include "protocol/openai_responses.h"
#include "protocol/problem.h"
#include "protocol/tool_name.h"

namespace protocol::openai_responses {

namespace {

using chat::Request;
using chat::Tool;
using json::Value;
using json::Writer;
using Mode = chat::ToolChoice::Mode;
using Problem = std::optional<chat::Error>;

// Null for a name that is declared already: the first declaration stands.
Tool* declare(chat::Text name, Request& out) {
  if (find_tool(out, name)) return nullptr;
  Tool& tool = out.tools.emplace_back();
  tool.name = name;
  return &tool;
}

Problem read_function(Value tool, const std::string& where, chat::Text space, base::Arena& arena,
                      Request& out) {
  Value name = tool["name"], schema = tool["parameters"];
  bool custom = tool["type"].equals("custom");
  if (!name.is_string() || name.inner().empty()) return wrong_type(where + ".name", "a string", name);
  if (!custom && schema.has_value() && !schema.is_object()) {
    return wrong_type(where + ".parameters", "an object", schema);
  }
  Tool* added = declare(space.empty() ? name.inner() : joined_name(space, name.inner(), arena), out);
  if (!added) return std::nullopt;
  added->description = tool["description"].inner();
  if (!space.empty()) {
    added->space = space;
    added->member = name.inner();
  }
  added->custom = custom;
  if (custom && tool["format"].is_object()) added->grammar = tool["format"].raw();
  if (!custom && schema.is_object()) added->schema = schema.raw();
  if (!custom && tool["strict"].has_value()) added->strict = tool["strict"].raw();
  return std::nullopt;
}

bool is_function(Value tool) { return tool["type"].equals("function") || tool["type"].equals("custom"); }

bool is_web_search(Value type) { return type.str().starts_with("web_search"); }

Problem read_namespace(Value tool, const std::string& where, base::Arena& arena, Request& out) {
  Value space = tool["name"];
  if (!space.is_string() || space.inner().empty()) return wrong_type(where + ".name", "a string", space);
  size_t index = 0;
  for (auto [_, member] : tool["tools"].items()) {
    std::string at = element(where + ".tools", index++);
    if (!is_function(member)) continue;
    if (auto problem = read_function(member, at, space.inner(), arena, out)) return problem;
  }
  return std::nullopt;
}

// The name in a tool_choice, or in its list of allowed tools.
chat::Text chosen_name(Value tool, base::Arena& arena) {
  Value name = tool["name"], space = tool["namespace"];
  return space.is_string() ? joined_name(space.inner(), name.inner(), arena) : name.inner();
}

}  // namespace

chat::Text joined_name(chat::Text space, chat::Text member, base::Arena& arena) {
  std::string name(space);
  name.append("__").append(member);
  return arena.copy(name);
}

// Agents declare tools that only some upstreams have; refusing one would end their turn, so what is not known
// is left out.
Problem read_tools(Value tools, std::string_view where, base::Arena& arena, Request& out) {
  if (!tools.is_array()) return wrong_type(where, "an array", tools);
  size_t index = 0;
  for (auto [_, tool] : tools.items()) {
    std::string at = element(where, index++);
    Value type = tool["type"];
    if (!type.is_string()) return type ? wrong_type(at + ".type", "a string", type) : missing(at + ".type");
    Problem problem;
    if (is_function(tool)) problem = read_function(tool, at, {}, arena, out);
    if (type.equals("namespace")) problem = read_namespace(tool, at, arena, out);
    if (is_web_search(type)) out.web_search = true;
    if (problem) return problem;
  }
  return std::nullopt;
}

Problem read_tool_choice(Value choice, base::Arena& arena, Request& out) {
  auto& to = out.tool_choice;
  if (choice.equals("auto")) return to.mode = Mode::automatic, std::nullopt;
  if (choice.equals("none")) return to.mode = Mode::none, std::nullopt;
  if (choice.equals("required")) return to.mode = Mode::required, std::nullopt;
  if (is_function(choice) && choice["name"].is_string()) {
    to.mode = Mode::named;
    to.names = {chosen_name(choice, arena)};
    return std::nullopt;
  }
  if (choice["type"].equals("allowed_tools") && choice["tools"].is_array()) {
    to.mode = choice["mode"].equals("required") ? Mode::required : Mode::automatic;
    for (auto [_, tool] : choice["tools"].items()) {
      if (is_function(tool)) to.names.push_back(chosen_name(tool, arena));
    }
    return std::nullopt;
  }
  // A hosted tool: there is none but the search, so the model decides.
  if (choice["type"].is_string() && !is_function(choice)) {
    to.search = is_web_search(choice["type"]);
    return to.mode = Mode::automatic, std::nullopt;
  }
  return invalid_value("tool_choice", "send 'none', 'auto', 'required', a function or allowed_tools.");
}

namespace {

// An object must say its properties, even if it has none.
void write_parameters(Writer& w, std::string_view schema) {
  if (schema.empty()) schema = R"({"type":"object","properties":{}})";
  bool lacks = schema.find("\"properties\"") == schema.npos && schema.find("\"object\"") != schema.npos;
  if (!lacks) return (void)w.raw(schema);
  std::string whole = R"({"properties":{},)";
  w.raw(whole.append(schema.substr(schema.find('{') + 1)));
}

void write_function(Writer& w, const Tool& tool) {
  std::string scratch, description;
  w.begin_object().key("type").raw("\"function\"").key("name").text(safe_tool_name(tool.name, scratch));
  chat::Text said = description_of(tool, description);
  if (!said.empty()) w.key("description").text(said);
  std::string_view schema = tool.custom ? kCustomSchema : tool.schema;
  w.key("parameters");
  write_parameters(w, schema);
  // Here the default is true, everywhere else it is false.
  w.key("strict").raw(tool.strict == "true" ? "true" : "false").end_object();
}

// Chat completions have the grammar in an object of its own, without the type. A quoted word within a string
// would have its quotes escaped.
void write_grammar(Writer& w, std::string_view format) {
  std::string whole(format);
  if (format.find("\"type\"") == format.npos) whole.replace(0, 1, R"({"type":"grammar",)");
  w.key("format").raw(whole);
}

void write_custom(Writer& w, const Tool& tool) {
  std::string scratch;
  w.begin_object().key("type").raw("\"custom\"").key("name").text(safe_tool_name(tool.name, scratch));
  if (!tool.description.empty()) w.key("description").text(tool.description);
  if (!tool.grammar.empty()) write_grammar(w, tool.grammar);
  w.end_object();
}

void write_name(Writer& w, const Request& request, const Target& target, chat::Text name) {
  std::string scratch;
  const Tool* tool = find_tool(request, name);
  bool custom = tool && tool->custom && target.custom_tools;
  w.begin_object().key("type").raw(custom ? "\"custom\"" : "\"function\"");
  w.key("name").text(safe_tool_name(name, scratch)).end_object();
}

void write_choice(Writer& w, const Request& request, const Target& target) {
  const chat::ToolChoice& choice = request.tool_choice;
  if (choice.mode == Mode::unset) return;
  w.key("tool_choice");
  if (choice.search && target.web_search)
    return (void)w.begin_object().key("type").raw("\"web_search\"").end_object();
  if (choice.mode == Mode::named) return write_name(w, request, target, choice.names[0]);
  std::string_view word = choice.mode == Mode::none       ? "none"
                          : choice.mode == Mode::required ? "required"
                                                          : "auto";
  if (choice.names.empty()) {
    w.text(word);
    return;
  }
  w.begin_object().key("type").raw("\"allowed_tools\"").key("mode").text(word).key("tools").begin_array();
  for (chat::Text name : choice.names) write_name(w, request, target, name);
  w.end_array().end_object();
}

}  // namespace

void write_tools(Writer& w, const Request& request, const Target& target) {
  bool search = request.web_search && target.web_search;
  if (request.tools.empty() && !search) return;
  w.key("tools").begin_array();
  for (const Tool& tool : request.tools) {
    tool.custom&& target.custom_tools ? write_custom(w, tool) : write_function(w, tool);
  }
  if (search) w.begin_object().key("type").raw("\"web_search\"").end_object();
  w.end_array();
  write_choice(w, request, target);
  if (!request.tools.empty() && !request.parallel_tool_calls.empty()) {
    w.key("parallel_tool_calls").raw(request.parallel_tool_calls);
  }
}

}  // namespace protocol::openai_responses
