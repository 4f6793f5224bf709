// OpenAI chat completions: the request to an upstream. Always a stream with usage; see
// docs/protocol/openai_chat.md.
#include <span>
#include <vector>

#include "json/writer.h"
#include "protocol/custom_tool.h"
#include "protocol/effort.h"
#include "protocol/openai_chat.h"
#include "protocol/tool_name.h"
#include "protocol/user_name.h"

namespace protocol::openai_chat {

namespace {

using chat::Block;
using chat::Request;
using json::Writer;
using Kind = Block::Kind;

void write_media(Writer& w, const Block& block) {
  std::string& out = w.out();
  w.begin_object();
  if (block.source == chat::Source::file_id) {
    w.key("type").raw("\"file\"").key("file").begin_object().key("file_id").text(block.body).end_object();
  } else if (block.media_type.starts_with("audio/")) {
    std::string_view format = block.media_type.substr(6);
    w.key("type").raw("\"input_audio\"").key("input_audio").begin_object().key("data").text(block.body);
    w.key("format").text(format == "mpeg" ? "mp3" : format).end_object();
  } else {
    bool image = block.source == chat::Source::url || block.media_type.starts_with("image/");
    w.key("type").raw(image ? "\"image_url\"" : "\"file\"").key(image ? "image_url" : "file").begin_object();
    if (!image && !block.name.empty()) w.key("filename").text(block.name);
    w.key(image ? "url" : "file_data");
    w.comma();
    out += '"';
    if (block.source == chat::Source::base64) out.append("data:").append(block.media_type).append(";base64,");
    out.append(block.body).append("\"");
    if (!block.detail.empty()) w.key("detail").text(block.detail);
    w.end_object();
  }
  w.end_object();
}

void write_text_part(Writer& w, chat::Text text) {
  w.begin_object().key("type").raw("\"text\"").key("text").text(text).end_object();
}

// The blocks [first, last) as content: one string if they are one text, an array of parts otherwise.
void write_content(Writer& w, const Request& request, size_t first, size_t last) {
  w.key("content");
  if (last - first == 1 && request.blocks[first].kind == Kind::text) {
    w.text(request.blocks[first].body);
    return;
  }
  w.begin_array();
  for (size_t i = first; i < last; i++) {
    const Block& block = request.blocks[i];
    if (block.kind == Kind::text) write_text_part(w, block.body);
    if (block.kind == Kind::media) write_media(w, block);
  }
  w.end_array();
}

bool has(Kind kind, const Request& request, size_t first, size_t last) {
  for (size_t i = first; i < last; i++) {
    if (request.blocks[i].kind == kind) return true;
  }
  return false;
}

void write_arguments(Writer& w, const Block& block) {
  if (block.custom) {
    std::string& out = w.comma().out();
    out += '"';
    append_custom_arguments(block.arguments.text, out);
    out += '"';
  } else {
    block.arguments.encoded ? w.text(block.arguments.text) : w.string(block.arguments.text);
  }
}

// OpenAI takes ids of 40 characters. Any letters, since some services want their own ids back to the letter.
chat::Text id_of(const Block& block, std::string& scratch) {
  constexpr size_t kMaxId = 40;
  return block.id.size() <= kMaxId ? block.id : safe_tool_id(block.id, scratch, kMaxId);
}

void write_tool_calls(Writer& w, const Request& request, size_t first, size_t last) {
  bool open = false;
  std::string id, name;
  for (size_t i = first; i < last; i++) {
    const Block& block = request.blocks[i];
    if (block.kind != Kind::tool_call) continue;
    if (!open) w.key("tool_calls").begin_array();
    open = true;
    w.begin_object().key("id").text(id_of(block, id)).key("type").raw("\"function\"");
    w.key("function").begin_object().key("name").text(safe_tool_name(block.name, name)).key("arguments");
    write_arguments(w, block);
    w.end_object();
    if (block.signature.origin == Origin::gemini) {
      w.key("extra_content").begin_object().key("google").begin_object();
      w.key("thought_signature").text(block.signature.text).end_object().end_object();
    }
    w.end_object();
  }
  if (open) w.end_array();
}

// Where thoughts are sealed, those that are not its own say nothing to the upstream.
void write_thoughts(Writer& w, const Request& request, const Target& target, size_t first, size_t last) {
  std::string thinking;
  chat::Text proof;
  for (size_t i = first; i < last; i++) {
    const Block& block = request.blocks[i];
    bool own = target.accepts(block.signature, Origin::openai_chat);
    if (block.kind != Kind::thinking || (target.sealed_thoughts && !own)) continue;
    thinking += block.body;
    if (own) proof = block.signature.text;
  }
  if (!thinking.empty())
    w.key(target.sealed_thoughts ? "reasoning_text" : "reasoning_content").text(thinking);
  if (target.sealed_thoughts && !proof.empty()) w.key("reasoning_opaque").text(proof);
}

void write_assistant(Writer& w, const Request& request, const Target& target, size_t first, size_t last) {
  w.begin_object().key("role").raw("\"assistant\"");
  write_thoughts(w, request, target, first, last);
  if (has(Kind::text, request, first, last)) {
    std::string text;
    for (size_t i = first; i < last; i++) {
      if (request.blocks[i].kind == Kind::text) text += request.blocks[i].body;
    }
    w.key("content").text(text);
  } else if (has(Kind::tool_call, request, first, last)) {
    w.key("content").null();
  } else {
    w.key("content").text("");  // null is allowed beside calls only
  }
  write_tool_calls(w, request, first, last);
  w.end_object();
}

void write_instruction(Writer& w, chat::Text text) {
  w.begin_object().key("role").raw("\"system\"").key("content").text(text).end_object();
}

void write_user_message(Writer& w, const Request& request, std::span<const size_t> rest) {
  if (rest.empty()) return;
  w.begin_object().key("role").raw("\"user\"");
  if (rest.back() - rest.front() + 1 == rest.size()) {
    write_content(w, request, rest.front(), rest.back() + 1);
  } else {
    w.key("content").begin_array();
    for (size_t i : rest) {
      const Block& block = request.blocks[i];
      block.kind == Kind::text ? write_text_part(w, block.body) : write_media(w, block);
    }
    w.end_array();
  }
  w.end_object();
}

// What a user message holds beside tool results. Instructions in the middle of it are messages of their own.
void write_said(Writer& w, const Request& request, const std::vector<size_t>& rest) {
  size_t from = 0;
  for (size_t i = 0; i < rest.size(); i++) {
    if (!request.blocks[rest[i]].instruction) continue;
    write_user_message(w, request, std::span(rest).subspan(from, i - from));
    write_instruction(w, request.blocks[rest[i]].body);
    from = i + 1;
  }
  write_user_message(w, request, std::span(rest).subspan(from));
}

// Tool results are messages of their own and come before what else the user said. A tool message holds text
// only, so the media of a result move into the user message.
void write_user(Writer& w, const Request& request, size_t first, size_t last) {
  std::vector<size_t> rest;
  std::string scratch;
  for (size_t i = first; i < last; i++) {
    const Block& block = request.blocks[i];
    if (block.kind != Kind::tool_result) {
      rest.push_back(i);
      continue;
    }
    w.begin_object().key("role").raw("\"tool\"").key("tool_call_id").text(id_of(block, scratch));
    std::string text = block.is_error ? "Error: " : "";
    for (size_t child = i + 1; child <= i + block.children; child++) {
      if (request.blocks[child].kind == Kind::text) text += request.blocks[child].body;
      if (request.blocks[child].kind == Kind::media) rest.push_back(child);
    }
    w.key("content").text(text).end_object();
    i += block.children;
  }
  write_said(w, request, rest);
}

void write_messages(Writer& w, const Request& request, const Target& target) {
  w.key("messages").begin_array();
  for (const chat::Instruction& said : request.system) write_instruction(w, said.text);
  for (const chat::Message& message : request.messages) {
    size_t last = message.first + message.count;
    if (message.role == chat::Role::assistant) {
      write_assistant(w, request, target, message.first, last);
    } else {
      write_user(w, request, message.first, last);
    }
  }
  w.end_array();
}

void write_placeholder(Writer& w, std::string_view name) {
  if (name.empty()) return;
  w.key("tools").begin_array().begin_object().key("type").raw("\"function\"");
  w.key("function").begin_object().key("name").text(name).key("description");
  w.text("Does nothing and answers nothing. There is no tool in this conversation: reply in words.");
  w.key("parameters").raw(R"({"type":"object","properties":{}})").end_object().end_object().end_array();
}

void write_tools(Writer& w, const Request& request, std::string_view placeholder) {
  if (request.tools.empty()) return write_placeholder(w, placeholder);
  std::string scratch, description;
  w.key("tools").begin_array();
  for (const chat::Tool& tool : request.tools) {
    w.begin_object().key("type").raw("\"function\"").key("function").begin_object();
    w.key("name").text(safe_tool_name(tool.name, scratch));
    chat::Text said = description_of(tool, description);
    if (!said.empty()) w.key("description").text(said);
    std::string_view schema = tool.custom ? kCustomSchema : tool.schema;
    if (!schema.empty()) w.key("parameters").raw(schema);
    if (!tool.strict.empty()) w.key("strict").raw(tool.strict);
    w.end_object().end_object();
  }
  w.end_array();
}

void write_function_name(Writer& w, chat::Text name) {
  std::string scratch;
  w.begin_object().key("type").raw("\"function\"").key("function").begin_object();
  w.key("name").text(safe_tool_name(name, scratch)).end_object().end_object();
}

// A choice among no tools is refused by OpenAI, though clients send one.
void write_tool_choice(Writer& w, const Request& request) {
  using Mode = chat::ToolChoice::Mode;
  const chat::ToolChoice& choice = request.tool_choice;
  if (choice.mode == Mode::unset || request.tools.empty()) return;
  w.key("tool_choice");
  if (choice.mode == Mode::named) return write_function_name(w, choice.names[0]);
  std::string_view word = choice.mode == Mode::none       ? "none"
                          : choice.mode == Mode::required ? "required"
                                                          : "auto";
  if (choice.names.empty()) {
    w.text(word);
    return;
  }
  w.begin_object().key("type").raw("\"allowed_tools\"").key("allowed_tools").begin_object();
  w.key("mode").text(word).key("tools").begin_array();
  for (chat::Text name : choice.names) write_function_name(w, name);
  w.end_array().end_object().end_object();
}

void write_format(Writer& w, const chat::ResponseFormat& format) {
  using Type = chat::ResponseFormat::Type;
  if (format.type == Type::unset) return;
  w.key("response_format").begin_object().key("type");
  if (format.type != Type::json_schema) {
    w.text(format.type == Type::text ? "text" : "json_object").end_object();
    return;
  }
  w.text("json_schema").key("json_schema").begin_object();
  w.key("name").text(format.name.empty() ? "answer" : format.name);
  if (!format.description.empty()) w.key("description").text(format.description);
  w.key("schema").raw(format.schema);
  if (!format.strict.empty()) w.key("strict").raw(format.strict);
  w.end_object().end_object();
}

void write_plain(Writer& w, const Request& request) {
  const struct {
    std::string_view name;
    chat::Raw value;
  } members[] = {
      {"temperature", request.temperature},
      {"top_p", request.top_p},
      {"max_completion_tokens", request.max_tokens},
      {"seed", request.seed},
      {"presence_penalty", request.presence_penalty},
      {"frequency_penalty", request.frequency_penalty},
      {"logit_bias", request.logit_bias},
      {"n", request.n},
      {"logprobs", request.logprobs},
      {"top_logprobs", request.top_logprobs},
      {"parallel_tool_calls", request.tools.empty() ? chat::Raw{} : request.parallel_tool_calls},
      {"modalities", request.modalities},
      {"audio", request.audio},
  };
  for (const auto& member : members) {
    if (!member.value.empty()) w.key(member.name).raw(member.value);
  }
  std::string scratch;
  if (!request.user.empty()) w.key("user").text(openai_user(request.user, scratch));
  if (!request.service_tier.empty()) w.key("service_tier").text(request.service_tier);
}

// OpenAI takes four. The gateway watches for the others itself (gateway/stop_filter.h).
void write_stop(Writer& w, const Request& request) {
  if (request.stop.empty()) return;
  w.key("stop").begin_array();
  for (size_t i = 0; i < request.stop.size() && i < 4; i++) w.text(request.stop[i]);
  w.end_array();
}

void write_effort(Writer& w, const chat::Thinking& thinking) {
  auto effort = thinking.effort;
  if (!thinking.budget.empty()) effort = effort_of_budget(base::number_to_int(thinking.budget).value_or(-1));
  if (effort != chat::Thinking::Effort::unset) w.key("reasoning_effort").text(protocol::word_of(effort));
}

}  // namespace

std::optional<chat::Error> write(const Request& request, const Target& target, std::string& out) {
  Writer w(out);
  w.begin_object().key("model").text(target.model);
  write_messages(w, request, target);
  write_tools(w, request, target.placeholder_tool);
  write_tool_choice(w, request);
  write_format(w, request.format);
  write_plain(w, request);
  write_stop(w, request);
  write_effort(w, request.thinking);
  w.key("stream").raw("true");
  w.key("stream_options").begin_object().key("include_usage").raw("true").end_object();
  w.end_object();
  return std::nullopt;
}

}  // namespace protocol::openai_chat
