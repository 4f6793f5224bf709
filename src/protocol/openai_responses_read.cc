// OpenAI Responses: a client's request. Field rules: docs/protocol/openai_responses.md.
#include "protocol/compaction.h"
#include "protocol/effort.h"
#include "protocol/openai_responses.h"
#include "protocol/problem.h"

namespace protocol::openai_responses {

namespace {

using chat::Request;
using json::Value;
using Problem = std::optional<chat::Error>;

Problem read_format(Value format, Request& out) {
  using Type = chat::ResponseFormat::Type;
  if (!format.has_value()) return std::nullopt;
  Value type = format["type"], schema = format["schema"];
  if (type.equals("text")) return out.format.type = Type::text, std::nullopt;
  if (type.equals("json_object")) return out.format.type = Type::json_object, std::nullopt;
  if (!type.equals("json_schema")) {
    return invalid_value("text.format.type", "supported values are text, json_object and json_schema.");
  }
  if (!schema.is_object()) return wrong_type("text.format.schema", "an object", schema);
  out.format = {Type::json_schema, format["name"].inner(), format["description"].inner(), schema.raw(),
                format["strict"].has_value() ? format["strict"].raw() : chat::Raw{}};
  return std::nullopt;
}

Problem read_text(Value text, Request& out) {
  if (!text.is_object()) return wrong_type("text", "an object", text);
  out.verbosity = text["verbosity"].inner();
  return read_format(text["format"], out);
}

Problem read_reasoning(Value reasoning, Request& out) {
  if (!reasoning.is_object()) return wrong_type("reasoning", "an object", reasoning);
  Value effort = reasoning["effort"];
  Value summary = reasoning["summary"].has_value() ? reasoning["summary"] : reasoning["generate_summary"];
  if (summary.has_value() && !summary.is_string()) {
    return wrong_type("reasoning.summary", "a string", summary);
  }
  if (summary.is_string()) out.thinking.include = summary.equals("none") ? "false" : "true";
  if (!effort.has_value()) return std::nullopt;
  if (!effort.is_string()) return wrong_type("reasoning.effort", "a string", effort);
  auto known = effort_of(effort.inner());
  if (!known) {
    return invalid_value("reasoning.effort",
                         "supported values are none, minimal, low, medium, high, xhigh and max.");
  }
  out.thinking.effort = *known;
  return std::nullopt;
}

// Only what an answer must contain is of interest; whatever else is listed concerns hosted tools.
Problem read_include(Value include, Request& out) {
  if (!include.is_array()) return wrong_type("include", "an array", include);
  size_t index = 0;
  for (auto [_, what] : include.items()) {
    if (!what.is_string()) return wrong_type(element("include", index), "a string", what);
    if (what.equals("message.output_text.logprobs")) out.logprobs = "true";
    index++;
  }
  return std::nullopt;
}

// ---- what would need a memory that is not here

Problem refuse_previous(Value id, Request&) {
  if (!id.is_string()) return wrong_type("previous_response_id", "a string", id);
  chat::Error error = invalid_value("previous_response_id", "");
  error.message =
      "Previous response with id '" + id.str() +
      "' not found: this gateway does not store responses. Send the whole conversation in 'input'.";
  error.code = "previous_response_not_found";
  return error;
}

Problem refuse_conversation(Value, Request&) {
  return unsupported("conversation",
                     "This gateway keeps no conversations: send the whole conversation in 'input'.");
}

Problem refuse_prompt(Value, Request&) {
  return unsupported("prompt", "Stored prompts belong to one upstream account: send 'instructions'.");
}

Problem refuse_background(Value background, Request&) {
  if (background.is_false()) return std::nullopt;
  return unsupported("background", "This gateway answers while the client waits: leave it out.");
}

struct Plain {
  std::string_view name;
  json::Kind kind;
  std::string_view expected;
  chat::Raw Request::*to;  // null: only its type is looked at
};
constexpr Plain kPlain[] = {
    {"temperature", json::Kind::number, "a number", &Request::temperature},
    {"top_p", json::Kind::number, "a number", &Request::top_p},
    {"max_output_tokens", json::Kind::number, "an integer", &Request::max_tokens},
    {"top_logprobs", json::Kind::number, "an integer", &Request::top_logprobs},
    {"parallel_tool_calls", json::Kind::boolean, "a boolean", &Request::parallel_tool_calls},
    {"metadata", json::Kind::object, "an object", &Request::metadata},
    {"store", json::Kind::boolean, "a boolean", nullptr},
    {"max_tool_calls", json::Kind::number, "an integer", nullptr},
    {"truncation", json::Kind::string, "a string", nullptr},
    {"prompt_cache_key", json::Kind::string, "a string", nullptr},
};

struct Structured {
  std::string_view name;
  Problem (*read)(Value, Request&);
};
constexpr Structured kStructured[] = {
    {"text", read_text},
    {"reasoning", read_reasoning},
    {"include", read_include},
    {"previous_response_id", refuse_previous},
    {"conversation", refuse_conversation},
    {"prompt", refuse_prompt},
    {"background", refuse_background},
};

Problem read_words(Value key, Value value, Request& out) {
  if (key.equals("model")) {
    if (!value.is_string()) return wrong_type("model", "a string", value);
    out.model = value.inner();
  } else if (key.equals("stream")) {
    if (!value.is(json::Kind::boolean)) return wrong_type("stream", "a boolean", value);
    out.stream = value.is_true();
  } else if (key.equals("user") || (key.equals("safety_identifier") && out.user.empty())) {
    if (!value.is_string()) return wrong_type(key.inner(), "a string", value);
    out.user = value.inner();
  } else if (key.equals("service_tier")) {
    if (!value.is_string()) return wrong_type("service_tier", "a string", value);
    out.service_tier = value.inner();
  }
  return std::nullopt;
}

Problem read_member(Value key, Value value, Request& out) {
  if (value.is_null()) return std::nullopt;
  for (const Structured& field : kStructured) {
    if (key.equals(field.name)) return field.read(value, out);
  }
  for (const Plain& field : kPlain) {
    if (!key.equals(field.name)) continue;
    if (!value.is(field.kind)) return wrong_type(field.name, field.expected, value);
    if (field.to) out.*field.to = value.raw();
    return std::nullopt;
  }
  return read_words(key, value, out);
}

Problem read_instructions(Value instructions, Request& out) {
  if (!instructions.has_value()) return std::nullopt;
  if (!instructions.is_string()) return wrong_type("instructions", "a string", instructions);
  if (!instructions.inner().empty()) out.system.push_back({instructions.inner(), {}});
  return std::nullopt;
}

// A trigger stood at the end: the model is to write a summary, and to do nothing else.
void ask_for_summary(Request& out) {
  out.begin(chat::Role::user);
  out.add(chat::Block::Kind::text).body = kSummaryTask;
  out.format = {};
  out.web_search = false;
  out.tool_choice = {};
  if (!out.tools.empty()) out.tool_choice.mode = chat::ToolChoice::Mode::none;
}

}  // namespace

Problem read(Value body, base::Arena& arena, Request& out) {
  if (!body.is_object()) return wrong_type("body", "a JSON object", body);
  for (auto [key, value] : body.items()) {
    if (auto problem = read_member(key, value, out)) return problem;
  }
  if (out.model.empty()) return missing("model");
  if (!body["input"].has_value()) return missing("input");
  // Each of these leans on the one before it, wherever they stand in the body.
  if (auto problem = read_instructions(body["instructions"], out)) return problem;
  if (Value tools = body["tools"]; tools.has_value()) {
    if (auto problem = read_tools(tools, "tools", arena, out)) return problem;
  }
  if (auto problem = read_input(body["input"], arena, out)) return problem;
  if (Value choice = body["tool_choice"]; choice.has_value()) {
    if (auto problem = read_tool_choice(choice, arena, out)) return problem;
  }
  if (out.compacts) ask_for_summary(out);
  if (out.logprobs.empty()) out.top_logprobs = {};
  return std::nullopt;
}

}  // namespace protocol::openai_responses
