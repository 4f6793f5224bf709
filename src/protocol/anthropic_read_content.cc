// Anthropic Messages: the conversation of a client's request, block by block.
//
// What the encoder hid in thinking blocks is put back in its place here: a Gemini proof of a tool call
// travels in an empty thinking block before the call, one of a text in a redacted_thinking block after it.
#include <algorithm>

#include "protocol/anthropic.h"
#include "protocol/opaque.h"

namespace protocol::anthropic {

namespace {

using chat::Block;
using chat::Role;
using json::Value;
using Kind = Block::Kind;

// Where a block may stand.
enum Allowed : uint8_t { kUser = 1, kAssistant = 2, kResult = 4 };

Problem read_block(Value block, const Place& place, Allowed in, Reading& reading);

void keep_mark(Value block, Block& to) {
  if (Value mark = block["cache_control"]; mark.is_object()) to.cache_control = mark.raw();
}

Block* last_of_message(Reading& reading) {
  return reading.out.messages.back().count ? &reading.out.blocks.back() : nullptr;
}

void add_text(chat::Text text, Reading& reading) {
  if (!text.empty()) reading.out.add(Kind::text).body = text;
}

// ---- what people say and show

Problem read_text(Value block, const Place& place, Reading& reading) {
  Value text = block["text"];
  if (!text.is_string()) return expected(Place(place, "text"), text.has_value(), "a valid string");
  if (text.inner().empty()) return std::nullopt;
  Block& added = reading.out.add(Kind::text);
  added.body = text.inner();
  keep_mark(block, added);
  return std::nullopt;
}

// The source of an image or a document that is bytes, a URL or a file.
Problem read_source(Value source, const Place& place, chat::Text file_type, Block& to) {
  Value type = source["type"];
  auto member = [&](std::string_view name, chat::Text& out) -> Problem {
    Value value = source[name];
    if (!value.is_string()) return expected(Place(place, name), value.has_value(), "a valid string");
    out = value.inner();
    return std::nullopt;
  };
  if (type.equals("base64")) {
    to.source = chat::Source::base64;
    if (auto problem = member("media_type", to.media_type)) return problem;
    return member("data", to.body);
  }
  to.media_type = file_type;
  if (type.equals("url")) {
    to.source = chat::Source::url;
    return member("url", to.body);
  }
  if (type.equals("file")) {
    to.source = chat::Source::file_id;
    return member("file_id", to.body);
  }
  return expected(Place(place, "type"), type.has_value(), "'base64', 'url' or 'file'");
}

Problem read_image(Value block, const Place& place, Reading& reading) {
  Value source = block["source"];
  Place at(place, "source");
  if (!source.is_object()) return expected(at, source.has_value(), "a valid dictionary");
  Block& added = reading.out.add(Kind::media);
  keep_mark(block, added);
  return read_source(source, at, source["type"].equals("url") ? "" : "image/*", added);
}

// A document of plain text or of blocks is text to every other model; its title and context go before it.
Problem read_document(Value block, const Place& place, Reading& reading) {
  Value source = block["source"], title = block["title"];
  Place at(place, "source");
  if (!source.is_object()) return expected(at, source.has_value(), "a valid dictionary");
  add_text(block["context"].inner(), reading);
  bool text = source["type"].equals("text"), content = source["type"].equals("content");
  if (!text && !content) {
    Block& added = reading.out.add(Kind::media);
    added.name = title.inner();
    keep_mark(block, added);
    return read_source(source, at, "application/pdf", added);
  }
  add_text(title.inner(), reading);
  Value inside = source[text ? "data" : "content"];
  Place inner(at, text ? "data" : "content");
  if (inside.is_string()) {
    add_text(inside.inner(), reading);
  } else if (text || !inside.is_array()) {
    return expected(inner, inside.has_value(), "a valid string");
  }
  size_t index = 0;
  for (auto [_, part] : inside.items()) {
    if (auto problem = read_block(part, Place(inner, index++), kResult, reading)) return problem;
  }
  if (Block* last = last_of_message(reading)) keep_mark(block, *last);
  return std::nullopt;
}

Problem read_search_result(Value block, const Place& place, Reading& reading) {
  Value content = block["content"];
  Place at(place, "content");
  if (!content.is_array()) return expected(at, content.has_value(), "a valid list");
  add_text(block["title"].inner(), reading);
  add_text(block["source"].inner(), reading);
  size_t index = 0;
  for (auto [_, part] : content.items()) {
    if (auto problem = read_text(part, Place(at, index++), reading)) return problem;
  }
  if (Block* last = last_of_message(reading)) keep_mark(block, *last);
  return std::nullopt;
}

// The summary that took the place of what was said before.
Problem read_compaction(Value block, const Place&, Reading& reading) {
  add_text(block["content"].inner(), reading);
  return std::nullopt;
}

Problem refuse_upload(Value, const Place& place, Reading&) {
  return refused(place, "Files cannot be put into a container through this gateway: send their content.");
}

// ---- tools

Problem read_tool_use(Value block, const Place& place, Reading& reading) {
  Value id = block["id"], name = block["name"], input = block["input"];
  if (!id.is_string()) return expected(Place(place, "id"), id.has_value(), "a valid string");
  if (!name.is_string()) return expected(Place(place, "name"), name.has_value(), "a valid string");
  if (!input.is_object()) return expected(Place(place, "input"), input.has_value(), "a valid dictionary");
  Block* before = last_of_message(reading);
  bool carrier = before && before->kind == Kind::thinking && before->body.empty() && !before->redacted &&
                 before->signature.origin == Origin::gemini;
  Block& added = carrier ? *before : reading.out.add(Kind::tool_call);
  added.kind = Kind::tool_call;
  added.id = id.inner();
  added.name = name.inner();
  added.arguments = {input.raw(), false};
  keep_mark(block, added);
  return std::nullopt;
}

Problem read_tool_result(Value block, const Place& place, Reading& reading) {
  Value id = block["tool_use_id"], content = block["content"];
  Place at(place, "content");
  if (!id.is_string()) return expected(Place(place, "tool_use_id"), id.has_value(), "a valid string");
  if (content.has_value() && !content.is_string() && !content.is_array()) {
    return expected(at, true, "a valid string or list");
  }
  size_t own = reading.out.blocks.size();
  reading.out.asks = false;
  Block& added = reading.out.add(Kind::tool_result);
  added.id = id.inner();
  added.name = function_of(reading.out, id.inner());
  added.is_error = block["is_error"].is_true();
  keep_mark(block, added);
  add_text(content.inner(), reading);
  size_t index = 0;
  for (auto [_, part] : content.items()) {
    if (!content.is_array()) break;
    if (auto problem = read_block(part, Place(at, index++), kResult, reading)) return problem;
  }
  reading.out.blocks[own].children =
      uint16_t(std::min<size_t>(reading.out.blocks.size() - own - 1, UINT16_MAX));
  return std::nullopt;
}

// What a search for tools has found. The tools themselves are declared like all others.
Problem read_tool_reference(Value block, const Place&, Reading& reading) {
  add_text(block["tool_name"].inner(), reading);
  return std::nullopt;
}

// ---- thinking

Problem read_thinking(Value block, const Place& place, Reading& reading) {
  Value text = block["thinking"];
  if (!text.is_string()) return expected(Place(place, "thinking"), text.has_value(), "a valid string");
  Block& added = reading.out.add(Kind::thinking);
  added.body = text.inner();
  added.signature = read_opaque(block["signature"].inner(), Origin::anthropic, reading.out.packed);
  return std::nullopt;
}

Problem read_redacted(Value block, const Place& place, Reading& reading) {
  Value data = block["data"];
  if (!data.is_string()) return expected(Place(place, "data"), data.has_value(), "a valid string");
  chat::Signature proof = read_opaque(data.inner(), Origin::anthropic, reading.out.packed);
  Block* before = last_of_message(reading);
  if (proof.origin == Origin::gemini && before && before->kind == Kind::text) {
    before->signature = proof;
    return std::nullopt;
  }
  Block& added = reading.out.add(Kind::thinking);
  added.redacted = true;
  added.signature = proof;
  return std::nullopt;
}

// ---- any block

struct BlockType {
  std::string_view name;
  uint8_t allowed;
  Problem (*read)(Value, const Place&, Reading&);
};
constexpr BlockType kTypes[] = {
    {"text", kUser | kAssistant | kResult, read_text},
    {"tool_use", kAssistant, read_tool_use},
    {"tool_result", kUser, read_tool_result},
    {"thinking", kAssistant, read_thinking},
    {"image", kUser | kResult, read_image},
    {"document", kUser | kAssistant | kResult, read_document},
    {"search_result", kUser | kResult, read_search_result},
    {"redacted_thinking", kAssistant, read_redacted},
    {"tool_reference", kResult, read_tool_reference},
    {"compaction", kUser | kAssistant, read_compaction},
    {"container_upload", kUser, refuse_upload},
};

// What Anthropic's servers did in an earlier turn. The text of that turn says what came of it; no other
// model can make use of the rest.
bool is_server_work(Value type) {
  std::string_view name = type.inner();
  return name == "server_tool_use" || name.ends_with("_tool_result") || name.starts_with("mcp_tool_") ||
         name == "fallback";
}

chat::Error unknown_type(Value type, const Place& place) {
  std::string text = "Input tag '" + type.str();
  text += "' found using 'type' does not match any of the expected tags:";
  for (const BlockType& known : kTypes)
    text.append(&known == kTypes ? " '" : ", '").append(known.name).append("'");
  return refused(place, text);
}

chat::Error misplaced(const BlockType& type, const Place& place) {
  std::string text = "`";
  text.append(type.name).append("` blocks can only be in ");
  text += type.allowed & kAssistant ? "`assistant` messages"
          : type.allowed & kUser    ? "`user` messages"
                                    : "tool results";
  return refused(place, text);
}

Problem read_block(Value block, const Place& place, Allowed in, Reading& reading) {
  if (!block.is_object()) return expected(place, true, "a valid dictionary or object to extract fields from");
  Value type = block["type"];
  if (!type.is_string()) return expected(Place(place, "type"), type.has_value(), "a valid string");
  for (const BlockType& known : kTypes) {
    if (!type.equals(known.name)) continue;
    if (!(known.allowed & in)) return misplaced(known, place);
    return known.read(block, Place(place, known.name), reading);
  }
  if (!is_server_work(type)) return unknown_type(type, place);
  // An answer that holds a search of ours must not go on as it is: it would be taken for Anthropic's own.
  reading.out.packed |= block["id"].inner().starts_with(kSearchId);
  return std::nullopt;
}

// ---- messages

void add_instruction(Value text, Value block, Reading& reading) {
  chat::Raw mark = block["cache_control"].is_object() ? block["cache_control"].raw() : chat::Raw{};
  if (text.inner().empty()) return;
  if (reading.out.messages.empty()) {
    reading.out.system.push_back({text.inner(), mark});
    return;
  }
  reading.out.begin(Role::user);
  Block& added = reading.out.add(Kind::text);
  added.body = text.inner();
  added.instruction = true;
  added.cache_control = mark;
}

Problem change_tools(Value block, const Place& place, Reading& reading) {
  Value tool = block["tool"];
  bool added = block["type"].equals("tool_addition");
  chat::Text name = tool["name"].inner();
  if (added && tool["type"].equals("tool_definition")) {
    if (auto problem = read_tool(tool["definition"], place, reading)) return problem;
    name = tool["definition"]["name"].inner();
  }
  std::erase(reading.removed_tools, name);
  if (!added) reading.removed_tools.push_back(name);
  return std::nullopt;
}

Problem read_system_message(Value message, const Place& place, Reading& reading) {
  if (auto problem = read_instruction(message["content"], Place(place, "content"), reading)) return problem;
  Value config = message["output_config"];
  return config.has_value() ? read_output_config(config, Place(place, "output_config"), reading)
                            : std::nullopt;
}

Problem read_message(Value message, const Place& place, Reading& reading) {
  if (!message.is_object())
    return expected(place, true, "a valid dictionary or object to extract fields from");
  Value role = message["role"];
  if (role.equals("system")) return read_system_message(message, place, reading);
  bool user = role.equals("user");
  if (!user && !role.equals("assistant")) {
    return expected(Place(place, "role"), role.has_value(), "'user', 'assistant' or 'system'");
  }
  reading.out.begin(user ? Role::user : Role::assistant);
  reading.out.asks = user;
  return read_content(message["content"], place, reading);
}

}  // namespace

Problem read_content(Value content, const Place& message, Reading& reading) {
  Place place(message, "content");
  if (content.is_string()) {
    add_text(content.inner(), reading);
    return std::nullopt;
  }
  if (!content.is_array()) return expected(place, content.has_value(), "a valid string or list");
  Allowed in = reading.out.messages.back().role == Role::user ? kUser : kAssistant;
  size_t index = 0;
  for (auto [_, block] : content.items()) {
    if (auto problem = read_block(block, Place(place, index++), in, reading)) return problem;
  }
  return std::nullopt;
}

Problem read_instruction(Value content, const Place& place, Reading& reading) {
  if (content.is_string()) {
    add_instruction(content, {}, reading);
    return std::nullopt;
  }
  if (!content.is_array()) return expected(place, content.has_value(), "a valid string or list");
  size_t index = 0;
  for (auto [_, block] : content.items()) {
    Place at(place, index++);
    Value type = block["type"], text = block["text"];
    if (type.equals("tool_addition") || type.equals("tool_removal")) {
      if (auto problem = change_tools(block, at, reading)) return problem;
    } else if (!type.equals("text") || !text.is_string()) {
      return expected(Place(at, type.equals("text") ? "text" : "type"),
                      type.has_value() && !type.equals("text"), "'text'");
    } else {
      add_instruction(text, block, reading);
    }
  }
  return std::nullopt;
}

// Claude Code's first block names its version and changes from prompt to prompt: Anthropic's own accounting,
// and the end of every prompt cache elsewhere.
Problem read_system(Value system, Reading& reading) {
  constexpr std::string_view kBilling = "x-anthropic-billing-header:";
  Place place("system");
  if (!system.is_string() && !system.is_array()) return expected(place, true, "a valid string or list");
  std::vector<chat::Instruction> said;
  if (!system.inner().empty()) said.push_back({system.inner(), {}});
  size_t index = 0;
  for (auto [_, block] : system.items()) {
    Place at(place, index++);
    Value text = block["text"];
    if (!text.is_string()) return expected(Place(at, "text"), text.has_value(), "a valid string");
    if (text.inner().empty() || text.inner().starts_with(kBilling)) continue;
    Value mark = block["cache_control"];
    said.push_back({text.inner(), mark.is_object() ? mark.raw() : chat::Raw{}});
  }
  // Before what system messages at the head of the conversation have said.
  reading.out.system.insert(reading.out.system.begin(), said.begin(), said.end());
  return std::nullopt;
}

Problem read_messages(Value messages, Reading& reading) {
  Place place("messages");
  if (!messages.is_array()) return expected(place, true, "a valid list");
  if (messages.size() == 0) return refused(place, "at least one message is required");
  reading.out.blocks.reserve(messages.size() * 2);
  reading.out.messages.reserve(messages.size());
  size_t index = 0;
  for (auto [_, message] : messages.items()) {
    if (auto problem = read_message(message, Place(place, index++), reading)) return problem;
  }
  return std::nullopt;
}

}  // namespace protocol::anthropic
