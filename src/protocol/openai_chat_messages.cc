// OpenAI chat completions: a client's messages. Field rules: docs/protocol/openai_chat.md.
#include "base/apart.h"
#include "protocol/data_url.h"
#include "protocol/openai_chat.h"
#include "protocol/openai_chat_legacy.h"
#include "protocol/openai_parts.h"
#include "protocol/problem.h"

namespace protocol::openai_chat {

namespace {

using chat::Block;
using chat::Request;
using chat::Role;
using json::Value;
using Problem = std::optional<chat::Error>;

constexpr size_t kMaxParts = 65'535;  // of one tool result

// ---- content parts

BASE_APART Problem read_image(Value part, const Place& where, std::string_view member, Request& out) {
  Value holder = part[member];
  Value url = holder.is_string() ? holder : holder["url"];
  Place at = where / member;
  if (!url.is_string()) return wrong_type(at / "url", "a string", url);
  Block& block = out.add(Block::Kind::media);
  block.detail = holder["detail"].inner();
  if (!read_url(url.inner(), "image/png", block))
    return invalid_value(at / "url", "a data URL must be base64 encoded.");
  return std::nullopt;
}

Problem read_text(Value text, const Place& where, Request& out) {
  if (!text.is_string()) return wrong_type(where, "a string", text);
  if (!text.inner().empty()) out.add(Block::Kind::text).body = text.inner();
  return std::nullopt;
}

BASE_APART Problem read_part(Value part, const Place& where, Request& out) {
  if (part.is_string()) return read_text(part, where, out);
  if (!part.is_object()) return wrong_type(where, "an object", part);
  Value type = part["type"];
  if (type.equals("text")) return read_text(part["text"], where / "text", out);
  if (type.equals("image_url")) return read_image(part, where, "image_url", out);
  if (type.equals("video_url")) return read_image(part, where, "video_url", out);
  if (type.equals("input_audio"))
    return read_openai_audio(part["input_audio"], (where / "input_audio").bracketed(), out);
  if (type.equals("file")) return read_openai_file(part["file"], (where / "file").bracketed(), out);
  if (type.equals("refusal")) return read_text(part["refusal"], where / "refusal", out);
  return invalid_value(
      where / "type",
      "supported content parts are text, image_url, video_url, input_audio, file and refusal.");
}

using Reader = Problem(Value part, const Place& where, Request& out);

// A string or an array of parts. Null and absent are nothing.
Problem read_content(Value content, const Place& where, Request& out, Reader* read = read_part) {
  if (!content.has_value()) return std::nullopt;
  if (content.is_string()) return read_text(content, where, out);
  if (!content.is_array()) return wrong_type(where, "a string or an array of content parts", content);
  size_t index = 0;
  for (auto [_, part] : content.items()) {
    if (auto problem = read(part, where[index++], out)) return problem;
  }
  return std::nullopt;
}

// ---- calls and their results

// The content of the result that was just begun.
Problem read_result_content(Value message, const Place& where, Request& out) {
  size_t at = out.blocks.size() - 1;
  if (auto problem = read_content(message["content"], where / "content", out)) return problem;
  size_t children = out.blocks.size() - at - 1;
  if (children > kMaxParts) return invalid_value(where / "content", "it has too many parts.");
  out.blocks[at].children = uint16_t(children);
  return std::nullopt;
}

Problem read_result(Value id, Value result, const Place& where, Request& out) {
  chat::Text name = function_of(out, id.inner());
  if (name.empty()) name = result["name"].inner();
  Block& block = out.add(Block::Kind::tool_result);
  block.id = id.inner();
  block.name = name;
  block.is_error = result["is_error"].is_true();
  return read_result_content(result, where, out);
}

BASE_APART Problem read_tool_result(Value message, const Place& where, Request& out) {
  Value id = message["tool_call_id"];
  if (!id.is_string())
    return id ? wrong_type(where / "tool_call_id", "a string", id) : missing(where / "tool_call_id");
  out.begin(Role::user);
  return read_result(id, message, where, out);
}

// Anthropic's parts, which Cursor sends for Claude's models.
BASE_APART Problem read_tool_use(Value part, const Place& where, Request& out) {
  Value name = part["name"], input = part["input"];
  if (!name.is_string()) return wrong_type(where / "name", "a string", name);
  if (!input.is_object()) return wrong_type(where / "input", "an object", input);
  Block& block = out.add(Block::Kind::tool_call);
  block.id = part["id"].inner();
  block.name = name.inner();
  block.arguments = {input.raw(), false};
  out.packed = true;
  return std::nullopt;
}

Problem read_assistant_part(Value part, const Place& where, Request& out) {
  return part["type"].equals("tool_use") ? read_tool_use(part, where, out) : read_part(part, where, out);
}

Problem read_user_part(Value part, const Place& where, Request& out) {
  if (!part["type"].equals("tool_result")) return read_part(part, where, out);
  out.packed = true;
  return read_result(part["tool_use_id"], part, where, out);
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

Problem read_system(Value message, const Place& where, Request& out) {
  Value content = message["content"];
  Place param = where / "content";
  if (content.is_string()) {
    add_instruction(content.inner(), out);
    return std::nullopt;
  }
  if (!content.is_array()) return wrong_type(param, "a string or an array of text parts", content);
  size_t index = 0;
  for (auto [_, part] : content.items()) {
    Value text = part.is_string() ? part : part["text"];
    if (!text.is_string()) return wrong_type(param[index] / "text", "a string", text);
    add_instruction(text.inner(), out);
    index++;
  }
  return std::nullopt;
}

BASE_APART Problem read_tool_call(Value call, const Place& where, Request& out) {
  Value type = call["type"];
  bool custom = type.equals("custom");
  if (type.is_string() && !custom && !type.equals("function")) {
    return invalid_value(where / "type", "only 'function' and 'custom' tool calls are supported.");
  }
  std::string_view kind = custom ? "custom" : "function", member = custom ? "input" : "arguments";
  Value name = call[kind]["name"], arguments = call[kind][member];
  if (!name.is_string()) return wrong_type(where / kind / "name", "a string", name);
  if (arguments.has_value() && !arguments.is_string() && (custom || !arguments.is_object())) {
    return wrong_type(where / kind / member, "a string", arguments);
  }
  Block& block = out.add(Block::Kind::tool_call);
  block.id = call["id"].inner();
  block.name = name.inner();
  block.custom = custom;
  block.arguments = arguments.is_object() ? chat::Arguments{arguments.raw(), false}
                                          : chat::Arguments{arguments.inner(), true};
  if (Value signature = call["extra_content"]["google"]["thought_signature"]; signature.is_string()) {
    block.signature = {signature.inner(), chat::Origin::gemini, {}};
  }
  return std::nullopt;
}

BASE_APART Problem read_assistant(Value message, const Place& where, Request& out) {
  out.begin(Role::assistant);
  Value reasoning = message["reasoning_content"], proof = message["reasoning_opaque"];
  if (!reasoning.is_string()) reasoning = message["reasoning_text"];
  if (!reasoning.inner().empty() || !proof.inner().empty()) {
    Block& block = out.add(Block::Kind::thinking);
    block.body = reasoning.inner();
    block.redacted = block.body.empty();
    if (!proof.inner().empty()) block.signature = {proof.inner(), chat::Origin::openai_chat, {}};
  }
  if (auto problem = read_content(message["content"], where / "content", out, read_assistant_part))
    return problem;
  if (Value refusal = message["refusal"]; refusal.has_value()) {
    if (auto problem = read_text(refusal, where / "refusal", out)) return problem;
  }
  if (Value call = message["function_call"]; call.is_object()) {
    if (auto problem = legacy::read_call(call, (where / "function_call").bracketed(), out)) return problem;
  }
  Value calls = message["tool_calls"];
  if (!calls.has_value()) return std::nullopt;
  Place at = where / "tool_calls";
  if (!calls.is_array()) return wrong_type(at, "an array", calls);
  size_t index = 0;
  for (auto [_, call] : calls.items()) {
    if (auto problem = read_tool_call(call, at[index++], out)) return problem;
  }
  return std::nullopt;
}

BASE_APART Problem read_function_result(Value message, const Place& where, Request& out) {
  if (auto problem = legacy::begin_result(message, where.bracketed(), out)) return problem;
  return read_result_content(message, where, out);
}

Problem read_message(Value message, size_t index, Request& out) {
  Place all("messages"), where = all[index];
  if (!message.is_object()) return wrong_type(where, "an object", message);
  Value role = message["role"];
  if (role.equals("user")) {
    out.begin(Role::user);
    Value content = message["content"];
    if (!content.has_value()) return missing(where / "content");
    return read_content(content, where / "content", out, read_user_part);
  }
  if (role.equals("assistant")) return read_assistant(message, where, out);
  if (role.equals("tool")) return read_tool_result(message, where, out);
  if (role.equals("function")) return read_function_result(message, where, out);
  if (role.equals("system") || role.equals("developer")) return read_system(message, where, out);
  if (!role) return missing(where / "role");
  if (!role.is_string()) return wrong_type(where / "role", "a string", role);
  return invalid_value(where / "role", "supported roles are system, developer, user, assistant and tool.");
}

}  // namespace

Problem read_messages(Value messages, Request& out) {
  if (!messages.is_array()) return wrong_type("messages", "an array of objects", messages);
  if (messages.size() == 0)
    return invalid_value("messages", "the array is empty; send at least one message.");
  out.blocks.reserve(messages.size() * 2);
  out.messages.reserve(messages.size());
  size_t index = 0;
  for (auto [_, message] : messages.items()) {
    if (auto problem = read_message(message, index++, out)) return problem;
    out.asks = message["role"].equals("user");
  }
  return std::nullopt;
}

}  // namespace protocol::openai_chat
