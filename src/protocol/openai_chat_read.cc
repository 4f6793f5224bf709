// OpenAI chat completions: a client's request. Field rules: docs/protocol/openai_chat.md.
#include "protocol/data_url.h"
#include "protocol/effort.h"
#include "protocol/openai_chat.h"
#include "protocol/problem.h"

namespace protocol::openai_chat {

namespace {

using chat::Block;
using chat::Request;
using chat::Role;
using json::Value;
using Problem = std::optional<chat::Error>;

// ---- content parts

constexpr struct {
  std::string_view format, media_type;
} kAudioFormats[] = {
    {"wav", "audio/wav"}, {"mp3", "audio/mpeg"},  {"ogg", "audio/ogg"},   {"flac", "audio/flac"},
    {"aac", "audio/aac"}, {"webm", "audio/webm"}, {"opus", "audio/opus"}, {"pcm16", "audio/pcm"},
};

Problem read_image(Value part, std::string_view where, std::string_view member, Request& out) {
  Value holder = part[member];
  Value url = holder.is_string() ? holder : holder["url"];
  std::string param = std::string(where) + "." + std::string(member) + ".url";
  if (!url.is_string()) return wrong_type(param, "a string", url);
  Block& block = out.add(Block::Kind::media);
  block.detail = holder["detail"].inner();
  if (!read_url(url.inner(), "image/png", block))
    return invalid_value(param, "a data URL must be base64 encoded.");
  return std::nullopt;
}

Problem read_audio(Value part, std::string_view where, Request& out) {
  Value audio = part["input_audio"], data = audio["data"], format = audio["format"];
  if (!data.is_string()) return wrong_type(std::string(where) + ".input_audio.data", "a string", data);
  for (const auto& known : kAudioFormats) {
    if (!format.equals(known.format)) continue;
    Block& block = out.add(Block::Kind::media);
    block.body = data.inner();
    block.media_type = known.media_type;
    return std::nullopt;
  }
  return invalid_value(std::string(where) + ".input_audio.format",
                       "supported formats are wav, mp3, ogg, flac, aac, webm, opus and pcm16.");
}

Problem read_file(Value part, std::string_view where, Request& out) {
  Value file = part["file"], data = file["file_data"], id = file["file_id"], name = file["filename"];
  if (!data.is_string() && !id.is_string()) return missing(std::string(where) + ".file.file_data");
  Block& block = out.add(Block::Kind::media);
  block.name = name.inner();
  if (!data.is_string()) {
    block.source = chat::Source::file_id;
    block.body = id.inner();
    return std::nullopt;
  }
  chat::Text type = media_type_of(name.inner());
  bool is_url = data.inner().find(':') != data.inner().npos;
  if (!is_url) {
    block.body = data.inner();
    block.media_type = type;
  } else if (!read_url(data.inner(), type, block)) {
    return invalid_value(std::string(where) + ".file.file_data", "a data URL must be base64 encoded.");
  }
  return std::nullopt;
}

Problem read_text(Value text, std::string_view where, Request& out) {
  if (!text.is_string()) return wrong_type(where, "a string", text);
  if (!text.inner().empty()) out.add(Block::Kind::text).body = text.inner();
  return std::nullopt;
}

Problem read_part(Value part, std::string_view where, Request& out) {
  if (part.is_string()) return read_text(part, where, out);
  if (!part.is_object()) return wrong_type(where, "an object", part);
  Value type = part["type"];
  if (type.equals("text")) return read_text(part["text"], std::string(where) + ".text", out);
  if (type.equals("image_url")) return read_image(part, where, "image_url", out);
  if (type.equals("video_url")) return read_image(part, where, "video_url", out);
  if (type.equals("input_audio")) return read_audio(part, where, out);
  if (type.equals("file")) return read_file(part, where, out);
  if (type.equals("refusal")) return read_text(part["refusal"], std::string(where) + ".refusal", out);
  return invalid_value(
      std::string(where) + ".type",
      "supported content parts are text, image_url, video_url, input_audio, file and refusal.");
}

// A string or an array of parts. Null and absent are nothing.
Problem read_content(Value content, const std::string& where, Request& out) {
  if (!content.has_value()) return std::nullopt;
  if (content.is_string()) return read_text(content, where, out);
  if (!content.is_array()) return wrong_type(where, "a string or an array of content parts", content);
  size_t index = 0;
  for (auto [_, part] : content.items()) {
    if (auto problem = read_part(part, element(where, index++), out)) return problem;
  }
  return std::nullopt;
}

// ---- messages

// At the head of the conversation it speaks for all of it; later it keeps its place, in the user's message.
void add_instruction(chat::Text text, Request& out) {
  if (out.messages.empty()) {
    out.system.push_back({text, {}});
    return;
  }
  out.begin(Role::user);
  Block& block = out.add(Block::Kind::text);
  block.body = text;
  block.instruction = true;
}

Problem read_system(Value message, const std::string& where, Request& out) {
  Value content = message["content"];
  std::string param = where + ".content";
  if (content.is_string()) {
    add_instruction(content.inner(), out);
    return std::nullopt;
  }
  if (!content.is_array()) return wrong_type(param, "a string or an array of text parts", content);
  size_t index = 0;
  for (auto [_, part] : content.items()) {
    Value text = part.is_string() ? part : part["text"];
    if (!text.is_string()) return wrong_type(element(param, index, "text"), "a string", text);
    add_instruction(text.inner(), out);
    index++;
  }
  return std::nullopt;
}

Problem read_tool_call(Value call, const std::string& where, Request& out) {
  Value function = call["function"], name = function["name"], arguments = function["arguments"];
  if (call["type"].is_string() && !call["type"].equals("function")) {
    return invalid_value(where + ".type", "only 'function' tool calls are supported.");
  }
  if (!name.is_string()) return wrong_type(where + ".function.name", "a string", name);
  if (arguments.has_value() && !arguments.is_string() && !arguments.is_object()) {
    return wrong_type(where + ".function.arguments", "a string", arguments);
  }
  Block& block = out.add(Block::Kind::tool_call);
  block.id = call["id"].inner();
  block.name = name.inner();
  block.arguments = arguments.is_object() ? chat::Arguments{arguments.raw(), false}
                                          : chat::Arguments{arguments.inner(), true};
  if (Value signature = call["extra_content"]["google"]["thought_signature"]; signature.is_string()) {
    block.signature = {signature.inner(), chat::Origin::gemini, {}};
  }
  return std::nullopt;
}

Problem read_assistant(Value message, const std::string& where, Request& out) {
  out.begin(Role::assistant);
  if (Value reasoning = message["reasoning_content"]; reasoning.is_string() && !reasoning.inner().empty()) {
    out.add(Block::Kind::thinking).body = reasoning.inner();
  }
  if (auto problem = read_content(message["content"], where + ".content", out)) return problem;
  if (Value refusal = message["refusal"]; refusal.has_value()) {
    if (auto problem = read_text(refusal, where + ".refusal", out)) return problem;
  }
  Value calls = message["tool_calls"];
  if (!calls.has_value()) return std::nullopt;
  if (!calls.is_array()) return wrong_type(where + ".tool_calls", "an array", calls);
  size_t index = 0;
  for (auto [_, call] : calls.items()) {
    if (auto problem = read_tool_call(call, element(where + ".tool_calls", index++), out)) return problem;
  }
  return std::nullopt;
}

Problem read_tool_result(Value message, const std::string& where, Request& out) {
  Value id = message["tool_call_id"];
  if (!id.is_string())
    return id ? wrong_type(where + ".tool_call_id", "a string", id) : missing(where + ".tool_call_id");
  out.begin(Role::user);
  chat::Text name = function_of(out, id.inner());
  if (name.empty()) name = message["name"].inner();
  size_t at = out.blocks.size();
  Block& block = out.add(Block::Kind::tool_result);
  block.id = id.inner();
  block.name = name;
  if (auto problem = read_content(message["content"], where + ".content", out)) return problem;
  out.blocks[at].children = uint16_t(out.blocks.size() - at - 1);
  return std::nullopt;
}

Problem read_message(Value message, size_t index, Request& out) {
  std::string where = element("messages", index);
  if (!message.is_object()) return wrong_type(where, "an object", message);
  Value role = message["role"];
  if (role.equals("user")) {
    out.begin(Role::user);
    Value content = message["content"];
    if (!content.has_value()) return missing(where + ".content");
    return read_content(content, where + ".content", out);
  }
  if (role.equals("assistant")) return read_assistant(message, where, out);
  if (role.equals("tool")) return read_tool_result(message, where, out);
  if (role.equals("system") || role.equals("developer")) return read_system(message, where, out);
  if (!role) return missing(where + ".role");
  if (!role.is_string()) return wrong_type(where + ".role", "a string", role);
  return invalid_value(where + ".role", "supported roles are system, developer, user, assistant and tool.");
}

Problem read_messages(Value messages, Request& out) {
  if (!messages.is_array()) return wrong_type("messages", "an array of objects", messages);
  if (messages.size() == 0)
    return invalid_value("messages", "the array is empty; send at least one message.");
  out.blocks.reserve(messages.size() * 2);
  out.messages.reserve(messages.size());
  size_t index = 0;
  for (auto [_, message] : messages.items()) {
    if (auto problem = read_message(message, index++, out)) return problem;
  }
  return std::nullopt;
}

// ---- tools

Problem read_tools(Value tools, Request& out) {
  if (!tools.is_array()) return wrong_type("tools", "an array", tools);
  size_t index = 0;
  for (auto [_, tool] : tools.items()) {
    std::string where = element("tools", index++);
    if (!tool["type"].equals("function"))
      return invalid_value(where + ".type", "only 'function' tools are supported.");
    Value function = tool["function"], name = function["name"], schema = function["parameters"];
    if (!name.is_string() || name.inner().empty())
      return wrong_type(where + ".function.name", "a string", name);
    if (schema.has_value() && !schema.is_object())
      return wrong_type(where + ".function.parameters", "an object", schema);
    chat::Tool& added = out.tools.emplace_back();
    added.name = name.inner();
    added.description = function["description"].inner();
    if (schema.is_object()) added.schema = schema.raw();
    added.strict = function["strict"].raw();
  }
  return std::nullopt;
}

Problem read_tool_choice(Value choice, Request& out) {
  using Mode = chat::ToolChoice::Mode;
  auto& to = out.tool_choice;
  if (choice.equals("auto")) return to.mode = Mode::automatic, std::nullopt;
  if (choice.equals("none")) return to.mode = Mode::none, std::nullopt;
  if (choice.equals("required")) return to.mode = Mode::required, std::nullopt;
  if (choice["type"].equals("function") && choice["function"]["name"].is_string()) {
    to.mode = Mode::named;
    to.names = {choice["function"]["name"].inner()};
    return std::nullopt;
  }
  if (Value allowed = choice["allowed_tools"];
      choice["type"].equals("allowed_tools") && allowed.is_object()) {
    to.mode = allowed["mode"].equals("required") ? Mode::required : Mode::automatic;
    for (auto [_, tool] : allowed["tools"].items()) to.names.push_back(tool["function"]["name"].inner());
    return std::nullopt;
  }
  return invalid_value("tool_choice", "send 'none', 'auto', 'required', a function or allowed_tools.");
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

Problem read_n(Value n, Request& out) {
  if (!n.is(json::Kind::number)) return wrong_type("n", "an integer", n);
  if (n.to_int() < 1 || n.to_int() > 128) return invalid_value("n", "it must be between 1 and 128.");
  out.n = n.raw();
  return std::nullopt;
}

// A member that is kept as it stands, after a look at its type.
struct Plain {
  std::string_view name;
  json::Kind kind;
  std::string_view expected;
  chat::Raw Request::*to;
};
constexpr Plain kPlain[] = {
    {"temperature", json::Kind::number, "a number", &Request::temperature},
    {"top_p", json::Kind::number, "a number", &Request::top_p},
    {"top_k", json::Kind::number, "an integer", &Request::top_k},
    {"max_tokens", json::Kind::number, "an integer", &Request::max_tokens},
    {"max_completion_tokens", json::Kind::number, "an integer", &Request::max_tokens},
    {"seed", json::Kind::number, "an integer", &Request::seed},
    {"presence_penalty", json::Kind::number, "a number", &Request::presence_penalty},
    {"frequency_penalty", json::Kind::number, "a number", &Request::frequency_penalty},
    {"logprobs", json::Kind::boolean, "a boolean", &Request::logprobs},
    {"top_logprobs", json::Kind::number, "an integer", &Request::top_logprobs},
    {"parallel_tool_calls", json::Kind::boolean, "a boolean", &Request::parallel_tool_calls},
    {"metadata", json::Kind::object, "an object", &Request::metadata},
    {"logit_bias", json::Kind::object, "an object", &Request::logit_bias},
    {"modalities", json::Kind::array, "an array", &Request::modalities},
    {"image_config", json::Kind::object, "an object", &Request::image_config},
    {"audio", json::Kind::object, "an object", &Request::audio},
};

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
    {"stream_options", read_stream_options},
    {"n", read_n},
    {"google", read_google},
};

Problem read_member(Value key, Value value, Request& out) {
  for (const Structured& field : kStructured) {
    if (key.equals(field.name)) return value.is_null() ? std::nullopt : field.read(value, out);
  }
  for (const Plain& field : kPlain) {
    if (!key.equals(field.name)) continue;
    if (value.is_null()) return std::nullopt;
    if (!value.is(field.kind)) return wrong_type(field.name, field.expected, value);
    out.*field.to = value.raw();
    return std::nullopt;
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
  } else if ((key.equals("functions") || key.equals("function_call")) && value.has_value()) {
    return unsupported(key.inner(), "Functions were replaced by tools: send 'tools' and 'tool_choice'.");
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
  return std::nullopt;
}

}  // namespace protocol::openai_chat
