// Anthropic Messages: a client's tools. Those that Anthropic itself describes to its models (bash, the text
// editor, memory) run at the client all the same, so any model may call them: they become functions.
#include <algorithm>

#include "protocol/anthropic.h"

namespace protocol::anthropic {

namespace {

using json::Value;

struct KnownTool {
  std::string_view type;  // without its date
  std::string_view description;
  std::string_view schema;
};
constexpr KnownTool kKnownTools[] = {
    {"bash_", "Run a command in a persistent bash session, or restart that session.",
     R"({"type":"object","properties":{"command":{"type":"string","description":"The command to run."},)"
     R"("restart":{"type":"boolean","description":"True to start the session anew."}}})"},
    {"text_editor_", "View, create and edit text files.",
     R"({"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert"]},)"
     R"("path":{"type":"string","description":"Absolute path of a file or folder."},)"
     R"("view_range":{"type":"array","items":{"type":"integer"},"description":"view: first and last line, -1 = the end."},)"
     R"("file_text":{"type":"string","description":"create: the content of the file."},)"
     R"("old_str":{"type":"string","description":"str_replace: text that stands in the file exactly once."},)"
     R"("new_str":{"type":"string","description":"str_replace: what takes its place."},)"
     R"("insert_line":{"type":"integer","description":"insert: the line to insert after, 0 = the beginning."},)"
     R"("insert_text":{"type":"string","description":"insert: the text."}},"required":["command","path"]})"},
    {"memory_", "Read and keep notes in the files under /memories.",
     R"({"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert","delete","rename"]},)"
     R"("path":{"type":"string"},"view_range":{"type":"array","items":{"type":"integer"}},"file_text":{"type":"string"},)"
     R"("old_str":{"type":"string"},"new_str":{"type":"string"},"insert_line":{"type":"integer"},"insert_text":{"type":"string"},)"
     R"("old_path":{"type":"string"},"new_path":{"type":"string"}},"required":["command"]})"},
    {"computer_", "Look at the screen, move the mouse and type on the computer of the user.",
     R"({"type":"object","properties":{"action":{"type":"string","enum":["key","type","mouse_move","left_click","left_click_drag",)"
     R"("right_click","middle_click","double_click","triple_click","left_mouse_down","left_mouse_up","scroll","hold_key","wait",)"
     R"("screenshot","cursor_position"]},"coordinate":{"type":"array","items":{"type":"integer"},"description":"x and y in pixels."},)"
     R"("start_coordinate":{"type":"array","items":{"type":"integer"}},"text":{"type":"string"},"duration":{"type":"number"},)"
     R"("scroll_direction":{"type":"string","enum":["up","down","left","right"]},"scroll_amount":{"type":"integer"}},)"
     R"("required":["action"]})"},
};

void read_known(const KnownTool& known, Value tool, Reading& reading) {
  chat::Tool& added = reading.out.tools.emplace_back();
  added.name = tool["name"].inner();
  added.description = known.description;
  added.schema = known.schema;
  if (Value mark = tool["cache_control"]; mark.is_object()) added.cache_control = mark.raw();
}

// What only Anthropic's servers can run (code execution, web fetch, tool search, MCP) has no place in the
// model and is left out.
Problem read_typed(Value type, Value tool, Reading& reading) {
  for (const KnownTool& known : kKnownTools) {
    if (type.inner().starts_with(known.type) && tool["name"].is_string()) {
      read_known(known, tool, reading);
      return std::nullopt;
    }
  }
  reading.hosted_tools.push_back(tool["name"].inner());
  reading.out.web_search |= type.inner().starts_with("web_search_");
  return std::nullopt;
}

}  // namespace

Problem read_tool(Value tool, const Place& place, Reading& reading) {
  if (!tool.is_object()) return expected(place, true, "a valid dictionary or object to extract fields from");
  Value type = tool["type"];
  if (type.is_string() && !type.equals("custom")) return read_typed(type, tool, reading);
  Place custom(place, "custom");
  Value name = tool["name"], schema = tool["input_schema"];
  if (!name.is_string() || name.inner().empty()) {
    return expected(Place(custom, "name"), name.has_value(), "a valid string");
  }
  if (!schema.is_object()) {
    return expected(Place(custom, "input_schema"), schema.has_value(), "a valid dictionary");
  }
  chat::Tool& added = reading.out.tools.emplace_back();
  added.name = name.inner();
  added.description = tool["description"].inner();
  added.schema = schema.raw();
  if (Value strict = tool["strict"]; strict.is(json::Kind::boolean)) added.strict = strict.raw();
  if (Value mark = tool["cache_control"]; mark.is_object()) added.cache_control = mark.raw();
  return std::nullopt;
}

Problem read_tools(Value tools, Reading& reading) {
  Place place("tools");
  if (!tools.is_array()) return expected(place, true, "a valid list");
  size_t index = 0;
  for (auto [_, tool] : tools.items()) {
    if (auto problem = read_tool(tool, Place(place, index++), reading)) return problem;
  }
  return std::nullopt;
}

Problem read_tool_choice(Value choice, Reading& reading) {
  using Mode = chat::ToolChoice::Mode;
  Place place("tool_choice");
  if (!choice.is_object())
    return expected(place, true, "a valid dictionary or object to extract fields from");
  Value type = choice["type"], name = choice["name"];
  auto& to = reading.out.tool_choice;
  if (type.equals("auto")) {
    to.mode = Mode::automatic;
  } else if (type.equals("any")) {
    to.mode = Mode::required;
  } else if (type.equals("none")) {
    to.mode = Mode::none;
  } else if (type.equals("tool")) {
    Place tool(place, "tool");
    if (!name.is_string()) return expected(Place(tool, "name"), name.has_value(), "a valid string");
    to.mode = Mode::named;
    to.names = {name.inner()};
  } else {
    return expected(Place(place, "type"), type.has_value(), "'auto', 'any', 'tool' or 'none'");
  }
  Value one = choice["disable_parallel_tool_use"];
  if (one.is(json::Kind::boolean)) reading.out.parallel_tool_calls = one.is_true() ? "false" : "true";
  return std::nullopt;
}

void settle_tool_choice(Reading& reading) {
  chat::ToolChoice& choice = reading.out.tool_choice;
  if (choice.mode != chat::ToolChoice::Mode::named || find_tool(reading.out, choice.names[0])) return;
  const auto& hosted = reading.hosted_tools;
  if (std::find(hosted.begin(), hosted.end(), choice.names[0]) == hosted.end()) return;
  bool search = choice.names[0] == "web_search";
  choice = {chat::ToolChoice::Mode::automatic, {}, search};
}

}  // namespace protocol::anthropic
