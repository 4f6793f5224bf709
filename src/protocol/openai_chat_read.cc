// OpenAI chat completions: a client's request. Field rules: docs/protocol/openai_chat.md.
#include <algorithm>
#include <limits>

#include "protocol/effort.h"
#include "protocol/openai_chat.h"
#include "protocol/openai_chat_legacy.h"
#include "protocol/problem.h"

namespace protocol::openai_chat {

using chat::Request;
using json::Value;
using Problem = std::optional<chat::Error>;

Problem read_function(Value function, const Place& where, Request& out) {
  Value name = function["name"], schema = function["parameters"];
  if (!schema) schema = function["input_schema"];
  if (!name.is_string() || name.inner().empty()) return wrong_type(where / "name", "a string", name);
  if (schema.has_value() && !schema.is_object()) return wrong_type(where / "parameters", "an object", schema);
  chat::Tool& tool = out.tools.emplace_back();
  tool.name = name.inner();
  tool.description = function["description"].inner();
  if (schema.is_object()) tool.schema = schema.raw();
  return std::nullopt;
}

namespace {

// ---- tools

// What a tool, or a choice of one, says in an object of its type's name. Missing where it is said beside the
// type: so it is in Responses, and at Anthropic's, whose tools, choices, calls and results Cursor sends for
// Claude's models.
Value wrapped(Value tool) {
  for (std::string_view type : {"function", "custom"}) {
    if (tool["type"].equals(type) && tool[type].is_object()) return tool[type];
  }
  return {};
}

Value name_of(Value tool) {
  Value inner = wrapped(tool);
  return inner ? inner["name"] : tool["name"];
}

Problem read_tool(Value tool, const Place& where, Request& out) {
  Value type = tool["type"], said = wrapped(tool);
  bool custom = type.equals("custom") && !tool["input_schema"];
  bool bare = !said && tool["name"].is_string();
  if (!custom && !type.equals("function") && !(bare && (!type.has_value() || type.equals("custom"))))
    return invalid_value(where / "type", "only 'function' and 'custom' tools are supported.");
  if (bare) said = tool;
  Place inside = where / (custom ? "custom" : "function");
  if (auto problem = read_function(said, bare ? where : inside, out)) return problem;
  chat::Tool& added = out.tools.back();
  added.strict = said["strict"].raw();
  added.custom = custom;
  Value format = said["format"], grammar = format["grammar"];
  if (custom && format["type"].equals("grammar")) added.grammar = (grammar ? grammar : format).raw();
  out.packed |= bare;
  return std::nullopt;
}

Problem read_tools(Value tools, Request& out) {
  if (!tools.is_array()) return wrong_type("tools", "an array", tools);
  size_t index = 0;
  for (auto [_, tool] : tools.items()) {
    Place all("tools");
    if (auto problem = read_tool(tool, all[index++], out)) return problem;
  }
  return std::nullopt;
}

Problem read_tool_choice(Value choice, Request& out) {
  using Mode = chat::ToolChoice::Mode;
  auto& to = out.tool_choice;
  Value name = name_of(choice), allowed = choice["allowed_tools"];
  out.packed |= choice.is_object() && !wrapped(choice) && !allowed;
  if (choice["disable_parallel_tool_use"].is_true()) out.parallel_tool_calls = "false";
  Value word = choice.is_object() ? choice["type"] : choice;
  if (word.equals("auto")) return to.mode = Mode::automatic, std::nullopt;
  if (word.equals("none")) return to.mode = Mode::none, std::nullopt;
  if (word.equals("required") || word.equals("any")) return to.mode = Mode::required, std::nullopt;
  if (word.equals("allowed_tools") && allowed.is_object()) {
    to.mode = allowed["mode"].equals("required") ? Mode::required : Mode::automatic;
    for (auto [_, tool] : allowed["tools"].items()) {
      name = name_of(tool);
      if (!name.is_string())
        return wrong_type("tool_choice.allowed_tools.tools", "an array of functions", name);
      to.names.push_back(name.inner());
    }
    return std::nullopt;
  }
  if (!name.is_string())
    return invalid_value("tool_choice", "send 'none', 'auto', 'required', a tool or allowed_tools.");
  to.mode = Mode::named;
  to.names = {name.inner()};
  return std::nullopt;
}

Problem read_format(Value format, Request& out) {
  using Type = chat::ResponseFormat::Type;
  Value type = format["type"];
  if (type.equals("text")) return out.format.type = Type::text, std::nullopt;
  if (type.equals("json_object")) return out.format.type = Type::json_object, std::nullopt;
  if (!type.equals("json_schema")) {
    return invalid_value("response_format.type", "supported values are text, json_object and json_schema.");
  }
  Value schema = format["json_schema"];
  if (!schema["schema"].is_object())
    return wrong_type("response_format.json_schema.schema", "an object", schema["schema"]);
  out.format = {Type::json_schema, schema["name"].inner(), schema["description"].inner(),
                schema["schema"].raw(), schema["strict"].raw()};
  return std::nullopt;
}

// ---- scalars

Problem read_stop(Value stop, Request& out) {
  if (stop.is_string()) return out.stop.push_back(stop.inner()), std::nullopt;
  if (!stop.is_array()) return wrong_type("stop", "a string or an array of strings", stop);
  size_t index = 0;
  for (auto [_, word] : stop.items()) {
    if (!word.is_string()) return wrong_type(element("stop", index), "a string", word);
    out.stop.push_back(word.inner());
    index++;
  }
  return std::nullopt;
}

Problem read_effort(Value effort, Request& out) {
  if (!effort.is_string()) return wrong_type("reasoning_effort", "a string", effort);
  auto known = effort_of(effort.inner());
  if (!known) {
    return invalid_value("reasoning_effort",
                         "supported values are none, minimal, low, medium, high, xhigh and max.");
  }
  out.thinking.effort = *known;
  return std::nullopt;
}

// Qwen's spelling.
Problem read_enable_thinking(Value on, Request& out) {
  if (!on.is(json::Kind::boolean)) return wrong_type("enable_thinking", "a boolean", on);
  using Effort = chat::Thinking::Effort;
  Effort& effort = out.thinking.effort;
  if (on.is_false()) effort = Effort::none;
  if (on.is_true() && effort == Effort::unset) effort = Effort::medium;
  return std::nullopt;
}

Problem read_thinking_budget(Value budget, Request& out) {
  if (!budget.is(json::Kind::number)) return wrong_type("thinking_budget", "a number", budget);
  out.thinking.budget = budget.raw();
  return std::nullopt;
}

// The spelling of Google's own OpenAI endpoint: {"google": {"thinking_config": {...}}}, bare or within
// extra_body.
Problem read_google(Value google, Request& out) {
  Value config = google["thinking_config"];
  if (Value budget = config["thinking_budget"]; budget.is(json::Kind::number))
    out.thinking.budget = budget.raw();
  if (Value include = config["include_thoughts"]; include.is(json::Kind::boolean))
    out.thinking.include = include.raw();
  Value level = config["thinking_level"];
  if (!level.is_string()) return std::nullopt;
  auto effort = effort_of(base::lower(level.inner()));
  if (!effort)
    return invalid_value("google.thinking_config.thinking_level", "send minimal, low, medium or high.");
  out.thinking.effort = *effort;
  return std::nullopt;
}

Problem read_stream_options(Value options, Request& out) {
  if (!options.is_object()) return wrong_type("stream_options", "an object", options);
  out.include_usage = options["include_usage"].is_true();
  return std::nullopt;
}

// A member that is kept as it stands, after a look at its type.
struct Plain {
  std::string_view name;
  json::Kind kind;
  std::string_view expected;
  chat::Raw Request::*to;
  int64_t low = std::numeric_limits<int64_t>::min(), high = std::numeric_limits<int64_t>::max();  // integers
};
constexpr Plain kPlain[] = {
    {"temperature", json::Kind::number, "a number", &Request::temperature},
    {"top_p", json::Kind::number, "a number", &Request::top_p},
    {"top_k", json::Kind::number, "an integer", &Request::top_k, 0},
    {"max_tokens", json::Kind::number, "an integer", &Request::max_tokens, 1},
    {"max_completion_tokens", json::Kind::number, "an integer", &Request::max_tokens, 1},
    {"seed", json::Kind::number, "an integer", &Request::seed},
    {"presence_penalty", json::Kind::number, "a number", &Request::presence_penalty},
    {"frequency_penalty", json::Kind::number, "a number", &Request::frequency_penalty},
    {"logprobs", json::Kind::boolean, "a boolean", &Request::logprobs},
    {"top_logprobs", json::Kind::number, "an integer", &Request::top_logprobs, 0, 20},
    {"parallel_tool_calls", json::Kind::boolean, "a boolean", &Request::parallel_tool_calls},
    {"metadata", json::Kind::object, "an object", &Request::metadata},
    {"logit_bias", json::Kind::object, "an object", &Request::logit_bias},
    {"modalities", json::Kind::array, "an array", &Request::modalities},
    {"image_config", json::Kind::object, "an object", &Request::image_config},
    {"audio", json::Kind::object, "an object", &Request::audio},
};

// "4096", "4096.0" and "1e3" are whole numbers; "0.5" and "1e-3" are not.
bool is_whole(chat::Raw number) {
  if (number.find("e-") != number.npos || number.find("E-") != number.npos) return false;
  size_t point = number.find('.');
  return point == number.npos || number.find_first_not_of('0', point + 1) == number.npos;
}

Problem read_plain(const Plain& field, Value value, Request& out) {
  if (!value.is(field.kind)) return wrong_type(field.name, field.expected, value);
  out.*field.to = value.raw();
  if (field.expected != "an integer") return std::nullopt;
  if (!is_whole(value.raw())) return invalid_value(field.name, "it must be a whole number.");
  int64_t number = value.to_int();
  if (number >= field.low && number <= field.high) return std::nullopt;
  std::string range = "it must be at least " + base::to_text(field.low);
  if (field.high < std::numeric_limits<int64_t>::max()) range += " and at most " + base::to_text(field.high);
  return invalid_value(field.name, range + ".");
}

Problem read_n(Value n, Request& out) {
  if (!n.is(json::Kind::number)) return wrong_type("n", "an integer", n);
  if (!is_whole(n.raw()) || n.to_int() < 1 || n.to_int() > 128)
    return invalid_value("n", "it must be a whole number between 1 and 128.");
  out.n = n.raw();
  return std::nullopt;
}

struct Structured {
  std::string_view name;
  Problem (*read)(Value, Request&);
};
constexpr Structured kStructured[] = {
    {"messages", read_messages},
    {"tools", read_tools},
    {"tool_choice", read_tool_choice},
    {"response_format", read_format},
    {"stop", read_stop},
    {"reasoning_effort", read_effort},
    {"enable_thinking", read_enable_thinking},
    {"thinking_budget", read_thinking_budget},
    {"stream_options", read_stream_options},
    {"n", read_n},
    {"functions", legacy::read_functions},
    {"function_call", legacy::read_choice},
    {"google", read_google},
};

}  // namespace

Problem read_member(Value key, Value value, Request& out) {
  for (const Structured& field : kStructured) {
    if (key.equals(field.name)) return value.is_null() ? std::nullopt : field.read(value, out);
  }
  for (const Plain& field : kPlain) {
    if (!key.equals(field.name)) continue;
    return value.is_null() ? std::nullopt : read_plain(field, value, out);
  }
  if (key.equals("model")) {
    if (!value.is_string()) return wrong_type("model", "a string", value);
    out.model = value.inner();
  } else if (key.equals("stream")) {
    if (!value.is(json::Kind::boolean) && !value.is_null()) return wrong_type("stream", "a boolean", value);
    out.stream = value.is_true();
  } else if (key.equals("user")) {
    out.user = value.inner();
  } else if (key.equals("service_tier")) {
    out.service_tier = value.inner();
  } else if (key.equals("extra_body")) {
    return read_google(value["google"], out);
  } else if (key.equals("verbosity")) {
    out.verbosity = value.inner();
  } else if (key.equals("web_search_options")) {
    out.web_search = value.is_object();
  }
  return std::nullopt;
}

namespace {

// A choice among tools needs tools, and those that it names must be there.
Problem check_tool_choice(const Request& request) {
  using Mode = chat::ToolChoice::Mode;
  const chat::ToolChoice& choice = request.tool_choice;
  bool forced = choice.mode == Mode::required || choice.mode == Mode::named;
  if (forced && request.tools.empty())
    return invalid_value("tool_choice", "it needs 'tools' to choose from.");
  for (chat::Text name : choice.names) {
    bool known = std::any_of(request.tools.begin(), request.tools.end(),
                             [&](const chat::Tool& tool) { return tool.name == name; });
    if (!known) return invalid_value("tool_choice", "it names a function that is not among 'tools'.");
  }
  return std::nullopt;
}

}  // namespace

Problem read(Value body, base::Arena&, Request& out) {
  if (!body.is_object()) return wrong_type("body", "a JSON object", body);
  for (auto [key, value] : body.items()) {
    if (auto problem = read_member(key, value, out)) return problem;
  }
  if (out.model.empty()) return missing("model");
  if (!body["messages"].has_value()) return missing("messages");
  if (!out.top_logprobs.empty() && out.logprobs != "true") {
    return invalid_value("top_logprobs", "it needs 'logprobs': true.");
  }
  return check_tool_choice(out);
}

}  // namespace protocol::openai_chat
