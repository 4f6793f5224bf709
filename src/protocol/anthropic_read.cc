// Anthropic Messages: a client's request. Field rules: docs/protocol/anthropic.md.
#include <algorithm>

#include "protocol/anthropic.h"
#include "protocol/effort.h"

namespace protocol::anthropic {

namespace {

using chat::Request;
using json::Kind;
using json::Value;
using Effort = chat::Thinking::Effort;

constexpr int64_t kLeastBudget = 1024;

// ---- thinking

Problem read_budget(Value budget, const Place& thinking, Reading& reading) {
  Place around(thinking, "enabled"), place(around, "budget_tokens");
  if (!budget.is(Kind::number)) return expected(place, budget.has_value(), "a valid integer");
  if (budget.to_int() < kLeastBudget) return refused(place, "Input should be greater than or equal to 1024");
  reading.out.thinking.budget = budget.raw();
  return std::nullopt;
}

// Models that cannot be told not to think take "between_tools" in its place.
bool is_off(Value type) { return type.equals("disabled") || type.equals("between_tools"); }

// What the client wants to see: nothing, unless it switched thinking on.
Problem read_thinking(Value config, Reading& reading) {
  Place place("thinking");
  if (!config.is_object())
    return expected(place, true, "a valid dictionary or object to extract fields from");
  Value type = config["type"], display = config["display"];
  chat::Thinking& to = reading.out.thinking;
  if (is_off(type)) return std::nullopt;
  if (!type.equals("enabled") && !type.equals("adaptive")) {
    if (!type.is_string()) return required(Place(place, "type"));
    return refused(place, "Input tag '" + type.str() +
                              "' found using 'type' does not match any of the expected tags: 'disabled', "
                              "'enabled', 'adaptive', 'between_tools'");
  }
  to.include = display.equals("omitted") ? "false" : "true";
  return type.equals("enabled") ? read_budget(config["budget_tokens"], place, reading) : std::nullopt;
}

// ---- output_config

Problem read_effort(Value effort, const Place& place, Effort& to) {
  if (!effort.is_string()) return expected(place, true, "a valid string");
  auto known = effort_of(effort.inner());
  if (!known || *known < Effort::low) {
    return expected(place, true, "'low', 'medium', 'high', 'xhigh' or 'max'");
  }
  to = *known;
  return std::nullopt;
}

Problem read_format(Value format, const Place& place, Reading& reading) {
  if (!format.is_object())
    return expected(place, true, "a valid dictionary or object to extract fields from");
  if (!format["type"].equals("json_schema")) {
    return expected(Place(place, "type"), format["type"].has_value(), "'json_schema'");
  }
  Value schema = format["schema"];
  if (!schema.is_object()) {
    return expected(Place(place, "schema"), schema.has_value(), "a valid dictionary");
  }
  reading.out.format.type = chat::ResponseFormat::Type::json_schema;
  reading.out.format.schema = schema.raw();
  return std::nullopt;
}

Problem read_request_output_config(Value config, Reading& reading) {
  Place place("output_config");
  return read_output_config(config, place, reading);
}

// The beta's spelling of output_config.format.
Problem read_output_format(Value format, Reading& reading) {
  return read_format(format, Place("output_format"), reading);
}

// ---- the rest

Problem read_stop(Value stop, Reading& reading) {
  Place place("stop_sequences");
  if (!stop.is_array()) return expected(place, true, "a valid list");
  size_t index = 0;
  for (auto [_, word] : stop.items()) {
    if (!word.is_string()) return expected(Place(place, index), true, "a valid string");
    reading.out.stop.push_back(word.inner());
    index++;
  }
  return std::nullopt;
}

Problem read_metadata(Value metadata, Reading& reading) {
  Value user = metadata["user_id"];
  if (!user.has_value()) return std::nullopt;
  Place place("metadata");
  if (!user.is_string()) return expected(Place(place, "user_id"), true, "a valid string");
  reading.out.user = user.inner();
  return std::nullopt;
}

// In the words of the model, which are OpenAI's.
Problem read_service_tier(Value tier, Reading& reading) {
  if (!tier.equals("auto") && !tier.equals("standard_only")) {
    return expected(Place("service_tier"), true, "'auto' or 'standard_only'");
  }
  reading.out.service_tier = tier.equals("auto") ? "auto" : "default";
  return std::nullopt;
}

// A thread keeps the conversation on the server, with one account. The SDK takes this code as its sign to
// send the whole conversation instead, for the rest of the run.
Problem refuse_thread(Value, Reading&) {
  chat::Error error = refused(
      Place("thread"), "Message threads are not supported by this gateway: send the whole conversation.");
  error.code = "thread_unsupported_request";
  return error;
}

// Only Anthropic's servers have sandboxes and call other servers. Left out without a word, the model would do
// without what the client counts on.
Problem refuse_container(Value, Reading&) {
  return refused(Place("container"), "Only Anthropic's own API has containers: leave it out for this model.");
}
Problem refuse_mcp_servers(Value servers, Reading&) {
  if (servers.is_array() && servers.size() == 0) return std::nullopt;
  return refused(
      Place("mcp_servers"),
      "Only Anthropic's own API calls MCP servers: connect to them in the client, and send their tools "
      "as custom tools.");
}

Problem read_max_tokens(Value number, Reading& reading) {
  Place place("max_tokens");
  if (!number.is(Kind::number)) return expected(place, true, "a valid integer");
  if (number.to_int() < 0) return refused(place, "Input should be greater than or equal to 0");
  // 0 fills Anthropic's prompt cache and asks for no answer. Elsewhere the shortest answer does what there is
  // to do.
  reading.out.max_tokens = number.to_int() ? number.raw() : "1";
  return std::nullopt;
}

Problem read_number(Value number, std::string_view name, chat::Raw& to) {
  if (!number.is(Kind::number)) return expected(Place(name), true, "a valid number");
  to = number.raw();
  return std::nullopt;
}
Problem read_temperature(Value v, Reading& r) { return read_number(v, "temperature", r.out.temperature); }
Problem read_top_p(Value v, Reading& r) { return read_number(v, "top_p", r.out.top_p); }
Problem read_top_k(Value v, Reading& r) { return read_number(v, "top_k", r.out.top_k); }

Problem read_model(Value model, Reading& reading) {
  if (!model.is_string()) return expected(Place("model"), true, "a valid string");
  reading.out.model = model.inner();
  return std::nullopt;
}

Problem read_stream(Value stream, Reading& reading) {
  if (!stream.is(Kind::boolean)) return expected(Place("stream"), true, "a valid boolean");
  reading.out.stream = stream.is_true();
  return std::nullopt;
}

struct Field {
  std::string_view name;
  Problem (*read)(Value, Reading&);
};
constexpr Field kFields[] = {
    {"model", read_model},
    {"messages", read_messages},
    {"system", read_system},
    {"tools", read_tools},
    {"max_tokens", read_max_tokens},
    {"stream", read_stream},
    {"tool_choice", read_tool_choice},
    {"thinking", read_thinking},
    {"output_config", read_request_output_config},
    {"output_format", read_output_format},
    {"stop_sequences", read_stop},
    {"metadata", read_metadata},
    {"service_tier", read_service_tier},
    {"temperature", read_temperature},
    {"top_p", read_top_p},
    {"top_k", read_top_k},
    {"thread", refuse_thread},
    {"container", refuse_container},
    {"mcp_servers", refuse_mcp_servers},
};

Problem read_member(Value key, Value value, Reading& reading) {
  if (value.is_null()) return std::nullopt;
  for (const Field& field : kFields) {
    if (key.equals(field.name)) return field.read(value, reading);
  }
  return std::nullopt;
}

bool has(const std::vector<chat::Text>& names, chat::Text name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Problem read_output_config(Value config, const Place& place, Reading& reading) {
  if (!config.is_object())
    return expected(place, true, "a valid dictionary or object to extract fields from");
  // A message's own setting counts from there on; what is in force now is the last one.
  Effort& effort = place.parent ? reading.said_effort : reading.out.thinking.effort;
  if (Value said = config["effort"]; said.has_value()) {
    if (auto problem = read_effort(said, Place(place, "effort"), effort)) return problem;
  }
  Value format = config["format"];
  return format.has_value() ? read_format(format, Place(place, "format"), reading) : std::nullopt;
}

Problem read(Value body, base::Arena& arena, Request& out) {
  if (!body.is_object()) {
    return expected(Place("body"), true, "a valid dictionary or object to extract fields from");
  }
  out.thinking.include = "false";
  Reading reading{out, arena};
  bool off = is_off(body["thinking"]["type"]);
  for (auto [key, value] : body.items()) {
    if (auto problem = read_member(key, value, reading)) return problem;
  }
  if (reading.said_effort != Effort::unset) out.thinking.effort = reading.said_effort;
  if (off) out.thinking.effort = Effort::none;
  std::erase_if(out.tools, [&](const chat::Tool& tool) { return has(reading.removed_tools, tool.name); });
  settle_tool_choice(reading);
  if (out.model.empty()) return required(Place("model"));
  if (!body["messages"].has_value()) return required(Place("messages"));
  if (out.max_tokens.empty()) return required(Place("max_tokens"));
  return std::nullopt;
}

}  // namespace protocol::anthropic
