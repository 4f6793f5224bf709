// Anthropic Messages: the tools of a request to an upstream.
#include <algorithm>

#include "json/edit.h"
#include "protocol/anthropic_write.h"
#include "protocol/custom_tool.h"
#include "protocol/tool_name.h"

namespace protocol::anthropic {

namespace {

using chat::Request;
using chat::Tool;
using chat::ToolChoice;
using json::Writer;

constexpr std::string_view kNoParameters = R"({"type":"object","properties":{}})";
constexpr size_t kMaxStrict = 20;  // tools whose calls are held to their schema

// The list that a choice leaves: the service has no word for "one of these".
bool is_offered(const Request& request, size_t index) {
  const std::vector<Tool>& tools = request.tools;
  for (size_t i = 0; i < index; i++) {
    if (tools[i].name == tools[index].name) return false;
  }
  const ToolChoice& choice = request.tool_choice;
  bool subset = choice.mode == ToolChoice::Mode::automatic || choice.mode == ToolChoice::Mode::required;
  if (!subset || choice.names.empty()) return true;
  return std::find(choice.names.begin(), choice.names.end(), tools[index].name) != choice.names.end();
}

// A schema must say that it describes an object, and may not be a choice of several.
void write_schema(Writer& w, chat::Raw schema) {
  if (schema.empty()) schema = kNoParameters;
  w.key("input_schema").comma();
  json::Document document;
  if (document.parse(schema) != json::Error::none || !document.root().is_object()) {
    w.out() += kNoParameters;
    return;
  }
  json::Value root = document.root();
  if (root["type"].equals("object") && !root["anyOf"] && !root["oneOf"] && !root["allOf"]) {
    w.out() += schema;
  } else {
    json::edit(root, {{"type", "\"object\""}, {"anyOf", ""}, {"oneOf", ""}, {"allOf", ""}}, w.out());
  }
}

bool says_anything(const Request& request) {
  return std::any_of(request.system.begin(), request.system.end(),
                     [](const chat::Instruction& said) { return !is_blank(said.text); });
}

}  // namespace

void write_tools(Writer& w, const Request& request, const Target& target, CacheMarks& marks) {
  bool search = request.web_search && target.web_search;
  if (request.tools.empty() && !search) return;
  w.key("tools").begin_array();
  std::string scratch, description;
  size_t strict = 0;
  for (size_t i = 0; i < request.tools.size(); i++) {
    const Tool& tool = request.tools[i];
    if (!is_offered(request, i)) continue;
    search &= tool.name != "web_search";
    w.begin_object().key("name").text(safe_tool_name(tool.name, scratch));
    chat::Text said = description_of(tool, description);
    if (!said.empty()) w.key("description").text(said);
    write_schema(w, tool.custom ? kCustomSchema : tool.schema);
    if (tool.strict == "true" && strict++ < kMaxStrict) w.key("strict").raw("true");
    chat::Raw mark = marks.in_head(tool.cache_control);
    bool last = i + 1 == request.tools.size() && !says_anything(request);
    if (last && marks.automatic()) mark = CacheMarks::kMark;
    if (!mark.empty()) w.key("cache_control").raw(mark);
    w.end_object();
  }
  if (search) w.raw(R"({"type":"web_search_20250305","name":"web_search"})");
  w.end_array();
}

void write_tool_choice(Writer& w, const Request& request, const Target& target) {
  using Mode = ToolChoice::Mode;
  const ToolChoice& choice = request.tool_choice;
  bool one = request.parallel_tool_calls == "false" && choice.mode != Mode::none;
  if (choice.search && target.web_search) {
    w.key("tool_choice").raw(R"({"type":"tool","name":"web_search"})");
    return;
  }
  if (request.tools.empty() || (choice.mode == Mode::unset && !one)) return;
  w.key("tool_choice").begin_object().key("type");
  switch (choice.mode) {
    case Mode::none: w.raw("\"none\""); break;
    case Mode::required: w.raw("\"any\""); break;
    case Mode::named: {
      std::string scratch;
      w.raw("\"tool\"").key("name").text(safe_tool_name(choice.names[0], scratch));
      break;
    }
    default: w.raw("\"auto\"");
  }
  if (one) w.key("disable_parallel_tool_use").raw("true");
  w.end_object();
}

void write_system(Writer& w, const Request& request, CacheMarks& marks) {
  bool words = request.format.type == chat::ResponseFormat::Type::json_object;
  if (!words && (request.messages.empty() || !says_anything(request))) return;
  w.key("system").begin_array();
  size_t last = request.system.size();
  while (last && is_blank(request.system[last - 1].text)) last--;
  for (size_t i = 0; i < last && !request.messages.empty(); i++) {
    const chat::Instruction& said = request.system[i];
    chat::Raw mark = marks.in_head(said.cache_control);
    if (is_blank(said.text)) continue;
    if (marks.automatic() && i + 1 == last) mark = CacheMarks::kMark;
    w.begin_object().key("type").raw("\"text\"").key("text").text(said.text);
    if (!mark.empty()) w.key("cache_control").raw(mark);
    w.end_object();
  }
  if (words) {
    w.begin_object().key("type").raw("\"text\"").key("text");
    w.raw("\"When you answer without calling a tool, answer with one JSON object and nothing else.\"");
    w.end_object();
  }
  w.end_array();
}

}  // namespace protocol::anthropic
