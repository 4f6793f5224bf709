// OpenAI Responses: the input items of a client's request. Field rules: docs/protocol/openai_responses.md.
#include "protocol/compaction.h"
#include "protocol/data_url.h"
#include "protocol/opaque.h"
#include "protocol/openai_parts.h"
#include "protocol/openai_responses.h"
#include "protocol/problem.h"

namespace protocol::openai_responses {

namespace {

using chat::Block;
using chat::Request;
using chat::Role;
using json::Value;
using Kind = Block::Kind;
using Problem = std::optional<chat::Error>;

constexpr size_t kMaxParts = 65'535;  // of one tool result
constexpr std::string_view kSummaryLead = "Summary of the conversation so far:\\n\\n";
constexpr std::string_view kFernet = "gAAAA";  // how a token of that kind begins
constexpr std::string_view kParagraph = "\\n\\n";

class Items {
 public:
  Items(base::Arena& arena, Request& out) : arena_(arena), out_(out) {}

  Problem read(Value item, const std::string& where) {
    if (!item.is_object()) return wrong_type(where, "an object", item);
    Value type = item["type"];
    if (!type || type.is_null()) {
      if (!item["role"]) return missing(where + ".type");
      return read_message(item, where);
    }
    if (!type.is_string()) return wrong_type(where + ".type", "a string", type);
    return read_known(type, item, where);
  }

 private:
  Problem read_known(Value type, Value item, const std::string& where) {
    static constexpr struct {
      std::string_view type;
      Problem (Items::*read)(Value, const std::string&);
    } kKnown[] = {
        {"message", &Items::read_message},
        {"agent_message", &Items::read_agent_message},
        {"function_call", &Items::read_function_call},
        {"function_call_output", &Items::read_function_result},
        {"custom_tool_call", &Items::read_custom_call},
        {"custom_tool_call_output", &Items::read_custom_result},
        {"reasoning", &Items::read_reasoning},
        {"compaction", &Items::read_compaction_item},
        {"local_shell_call", &Items::read_action_call},
        {"shell_call", &Items::read_action_call},
        {"apply_patch_call", &Items::read_action_call},
        {"computer_call", &Items::read_action_call},
        {"local_shell_call_output", &Items::read_action_result},
        {"shell_call_output", &Items::read_action_result},
        {"apply_patch_call_output", &Items::read_action_result},
        {"computer_call_output", &Items::read_action_result},
        {"image_generation_call", &Items::read_image_call},
        {"additional_tools", &Items::read_more_tools},
        {"tool_search_output", &Items::read_more_tools},
        {"item_reference", &Items::read_reference},
    };
    for (const auto& known : kKnown) {
      if (type.equals(known.type)) return (this->*known.read)(item, where);
    }
    // Whatever else OpenAI has or will have: state of its own hosted tools, which no other upstream can use.
    return std::nullopt;
  }

  // ---- content

  Problem read_text(Value text, const std::string& where) {
    if (!text.is_string()) return wrong_type(where, "a string", text);
    if (!text.inner().empty()) out_.add(Kind::text).body = text.inner();
    return std::nullopt;
  }

  Problem read_image(Value part, const std::string& where) {
    Value url = part["image_url"], id = part["file_id"];
    if (url.is_object()) url = url["url"];
    if (!url.is_string() && !id.is_string()) return missing(where + ".image_url");
    Block& block = out_.add(Kind::media);
    block.detail = part["detail"].inner();
    if (!url.is_string()) {
      block.source = chat::Source::file_id;
      block.body = id.inner();
      block.media_type = "image/*";
    } else if (!read_url(url.inner(), "image/png", block)) {
      return invalid_value(where + ".image_url", "a data URL must be base64 encoded.");
    }
    return std::nullopt;
  }

  // What one agent tells another. OpenAI's models seal it, and nobody else can read that; any other model
  // wrote plain text.
  Problem read_sealed(Value part, const std::string& where) {
    Value text = part["encrypted_content"];
    if (text.inner().starts_with(kFernet)) return std::nullopt;
    return read_text(text, where + ".encrypted_content");
  }

  Problem read_part(Value part, const std::string& where) {
    if (part.is_string()) return read_text(part, where);
    if (!part.is_object()) return wrong_type(where, "an object", part);
    Value type = part["type"];
    if (type.equals("input_text") || type.equals("output_text") || type.equals("text")) {
      return read_text(part["text"], where + ".text");
    }
    if (type.equals("refusal")) return read_text(part["refusal"], where + ".refusal");
    if (type.equals("input_image") || type.equals("computer_screenshot")) return read_image(part, where);
    if (type.equals("input_file")) return read_openai_file(part, where, out_);
    if (type.equals("input_audio")) {
      return read_openai_audio(part["input_audio"], where + ".input_audio", out_);
    }
    if (type.equals("encrypted_content")) return read_sealed(part, where);
    if (lenient_) return std::nullopt;
    return invalid_value(where + ".type",
                         "supported content parts are input_text, output_text, refusal, input_image, "
                         "input_file and input_audio.");
  }

  // A string, one part or an array of parts. Null and absent are nothing.
  Problem read_content(Value content, const std::string& where) {
    if (!content.has_value()) return std::nullopt;
    if (content.is_string()) return read_text(content, where);
    if (content.is_object()) return read_part(content, where);
    if (!content.is_array()) return wrong_type(where, "a string or an array of content parts", content);
    size_t index = 0;
    for (auto [_, part] : content.items()) {
      if (index >= kMaxParts) return invalid_value(where, "it holds too many content parts.");
      if (auto problem = read_part(part, element(where, index++))) return problem;
    }
    return std::nullopt;
  }

  // Content that a client's own machinery wrote: a part that nobody knows would end the conversation, since
  // it comes again with every turn.
  Problem read_lenient(Value content, const std::string& where) {
    lenient_ = true;
    Problem problem = read_content(content, where);
    lenient_ = false;
    return problem;
  }

  // ---- messages

  // At the head of the conversation it speaks for all of it; later it keeps its place, in the user's message.
  Problem read_instruction(Value part, const std::string& where) {
    Value text = part.is_string() ? part : part["text"];
    if (!text.is_string()) return wrong_type(where, "a text part", part);
    if (out_.messages.empty()) {
      out_.system.push_back({text.inner(), {}});
      return std::nullopt;
    }
    out_.begin(Role::user);
    Block& block = out_.add(Kind::text);
    block.body = text.inner();
    block.instruction = true;
    return std::nullopt;
  }

  Problem read_instructions(Value content, const std::string& where) {
    if (content.is_string()) return read_instruction(content, where);
    if (!content.is_array()) return wrong_type(where, "a string or an array of text parts", content);
    size_t index = 0;
    for (auto [_, part] : content.items()) {
      if (auto problem = read_instruction(part, element(where, index++))) return problem;
    }
    return std::nullopt;
  }

  Problem read_message(Value item, const std::string& where) {
    Value role = item["role"], content = item["content"];
    if (!role) return missing(where + ".role");
    if (!role.is_string()) return wrong_type(where + ".role", "a string", role);
    if (!content.has_value()) return missing(where + ".content");
    if (role.equals("system") || role.equals("developer")) {
      return read_instructions(content, where + ".content");
    }
    if (!role.equals("user") && !role.equals("assistant")) {
      return invalid_value(where + ".role", "supported roles are system, developer, user and assistant.");
    }
    out_.begin(role.equals("user") ? Role::user : Role::assistant);
    return read_content(content, where + ".content");
  }

  // From another agent: its task to a child, a child's report. Whoever reads it has to act on it as on a
  // user's words.
  Problem read_agent_message(Value item, const std::string& where) {
    out_.begin(Role::user);
    return read_lenient(item["content"], where + ".content");
  }

  // ---- calls and their results

  static Value call_id(Value item) { return item["call_id"].has_value() ? item["call_id"] : item["id"]; }

  Block* begin_call(Value item, const std::string& where, Problem& problem) {
    Value id = call_id(item);
    if (!id.is_string()) {
      problem = id ? wrong_type(where + ".call_id", "a string", id) : missing(where + ".call_id");
      return nullptr;
    }
    out_.begin(Role::assistant);
    Block& block = out_.add(Kind::tool_call);
    block.id = id.inner();
    block.signature = call_signature_;
    call_signature_ = {};
    return &block;
  }

  Problem read_call(Value item, const std::string& where, std::string_view member, bool custom) {
    Value name = item["name"], space = item["namespace"], arguments = item[member];
    if (!name.is_string()) return wrong_type(where + ".name", "a string", name);
    if (arguments.has_value() && !arguments.is_string() && (custom || !arguments.is_object())) {
      return wrong_type(where + "." + std::string(member), "a string", arguments);
    }
    Problem problem;
    Block* block = begin_call(item, where, problem);
    if (!block) return problem;
    block->name = space.is_string() ? joined_name(space.inner(), name.inner(), arena_) : name.inner();
    block->custom = custom;
    block->arguments = arguments.is_object() ? chat::Arguments{arguments.raw(), false}
                                             : chat::Arguments{arguments.inner(), true};
    return std::nullopt;
  }

  Problem read_function_call(Value item, const std::string& where) {
    return read_call(item, where, "arguments", false);
  }
  Problem read_custom_call(Value item, const std::string& where) {
    return read_call(item, where, "input", true);
  }

  // A call of one of OpenAI's own client-side tools: its type is its name, its action the arguments.
  Problem read_action_call(Value item, const std::string& where) {
    Problem problem;
    Block* block = begin_call(item, where, problem);
    if (!block) return problem;
    Value action = item["action"].is_object() ? item["action"] : item["operation"];
    chat::Text type = item["type"].inner();
    block->name = type.substr(0, type.size() - std::string_view("_call").size());
    block->arguments = {action.is_object() ? action.raw() : std::string_view("{}"), false};
    return std::nullopt;
  }

  // The index of the block that begins the result.
  std::optional<size_t> begin_result(Value item, const std::string& where, Problem& problem) {
    Value id = call_id(item);
    if (!id.is_string()) {
      problem = id ? wrong_type(where + ".call_id", "a string", id) : missing(where + ".call_id");
      return std::nullopt;
    }
    out_.begin(Role::user);
    chat::Text name = function_of(out_, id.inner());
    Block& block = out_.add(Kind::tool_result);
    block.id = id.inner();
    block.name = name;
    return out_.blocks.size() - 1;
  }

  Problem read_result(Value item, const std::string& where, bool custom) {
    Problem problem;
    auto at = begin_result(item, where, problem);
    if (!at) return problem;
    out_.blocks[*at].custom = custom;
    problem = read_lenient(item["output"], where + ".output");
    out_.blocks[*at].children = uint16_t(out_.blocks.size() - *at - 1);
    return problem;
  }

  Problem read_function_result(Value item, const std::string& where) {
    return read_result(item, where, false);
  }
  Problem read_custom_result(Value item, const std::string& where) { return read_result(item, where, true); }

  // Output that is neither text nor content parts (a shell's): its JSON is the text.
  Problem read_action_result(Value item, const std::string& where) {
    Value output = item["output"];
    bool parts = !output.is_array() || output.size() == 0;
    for (auto [_, part] : output.items()) parts = parts || part["type"].is_string();
    if (parts) return read_result(item, where, false);
    Problem problem;
    auto at = begin_result(item, where, problem);
    if (!at) return problem;
    out_.blocks[*at].children = 1;
    out_.add(Kind::text).body = arena_.copy(json::escaped(output.raw()));
    return std::nullopt;
  }

  // ---- reasoning

  // The texts of [{"text": ...}, ...], as paragraphs.
  chat::Text joined_texts(Value parts) {
    chat::Text only;
    std::string all;
    for (auto [_, part] : parts.items()) {
      chat::Text text = part["text"].inner();
      if (text.empty()) continue;
      if (only.empty()) {
        only = text;
        continue;
      }
      if (all.empty()) all = only;
      all.append(kParagraph).append(text);
    }
    return all.empty() ? only : arena_.copy(all);
  }

  Problem read_reasoning(Value item, const std::string& where) {
    Value slot = item["encrypted_content"], summary = item["summary"];
    if (slot.has_value() && !slot.is_string()) {
      return wrong_type(where + ".encrypted_content", "a string", slot);
    }
    if (summary.has_value() && !summary.is_array()) {
      return wrong_type(where + ".summary", "an array", summary);
    }
    chat::Text text = joined_texts(summary);
    if (text.empty()) text = joined_texts(item["content"]);
    chat::Signature signature = read_opaque(slot.inner(), Origin::openai_responses, out_.packed);
    Seat seat = seat_of(slot.inner());
    if (seat == Seat::text) return sign_last_text(signature);
    if (seat == Seat::call) {
      call_signature_ = signature;
      signature = {};
    }
    if (text.empty() && signature.text.empty()) return std::nullopt;
    out_.begin(Role::assistant);
    Block& block = out_.add(Kind::thinking);
    block.body = text;
    block.id = item["id"].inner();
    block.signature = signature;
    block.redacted = text.empty() && (seat == Seat::redacted || signature.origin == Origin::openai_responses);
    return std::nullopt;
  }

  Problem sign_last_text(const chat::Signature& signature) {
    bool said = !out_.messages.empty() && out_.messages.back().role == Role::assistant &&
                out_.messages.back().count > 0 && out_.blocks.back().kind == Kind::text;
    if (said) out_.blocks.back().signature = signature;
    return std::nullopt;
  }

  Problem read_compaction_item(Value item, const std::string& where) {
    Value slot = item["encrypted_content"];
    if (!slot.is_string()) return missing(where + ".encrypted_content");
    if (auto summary = read_compaction(slot.inner(), arena_)) {
      out_.packed = true;
      out_.begin(Role::user);
      out_.add(Kind::text).body = arena_.copy(std::string(kSummaryLead).append(*summary));
      return std::nullopt;
    }
    out_.begin(Role::assistant);
    Block& block = out_.add(Kind::thinking);
    block.redacted = true;
    block.name = "compaction";
    block.id = item["id"].inner();
    block.signature = read_opaque(slot.inner(), Origin::openai_responses, out_.packed);
    return std::nullopt;
  }

  // ---- the rest

  Problem read_image_call(Value item, const std::string&) {
    Value result = item["result"];
    if (!result.is_string() || result.inner().empty()) return std::nullopt;
    out_.begin(Role::assistant);
    Block& block = out_.add(Kind::media);
    block.body = result.inner();
    block.media_type = item["output_format"].equals("jpeg")   ? "image/jpeg"
                       : item["output_format"].equals("webp") ? "image/webp"
                                                              : "image/png";
    return std::nullopt;
  }

  Problem read_more_tools(Value item, const std::string& where) {
    if (!item["tools"].has_value()) return std::nullopt;
    return read_tools(item["tools"], where + ".tools", arena_, out_);
  }

  // What a model thought and what a hosted tool did can be done without; words and calls cannot.
  Problem read_reference(Value item, const std::string& where) {
    chat::Text id = item["id"].inner();
    out_.refers = true;
    if (id.starts_with("rs_") || id.starts_with("ws_")) return std::nullopt;
    std::string why =
        "Item '" + item["id"].str() +
        "' is not known here. Send the item itself (with `store: false` clients do), or have the "
        "gateway keep answers with STORE_RESPONSES.";
    chat::Error error = invalid_value(where, why);
    error.code = "item_not_found";
    return error;
  }

  base::Arena& arena_;
  Request& out_;
  bool lenient_ = false;            // parts that are not known are dropped
  chat::Signature call_signature_;  // of the next call, from the reasoning item that carries it
};

}  // namespace

Problem read_input(Value input, base::Arena& arena, Request& out) {
  if (input.is_string()) {
    out.begin(Role::user);
    if (!input.inner().empty()) out.add(Kind::text).body = input.inner();
    return std::nullopt;
  }
  if (!input.is_array()) return wrong_type("input", "a string or an array of items", input);
  size_t size = input.size();
  if (size == 0) return invalid_value("input", "the array is empty; send at least one item.");
  out.blocks.reserve(size * 2);
  out.messages.reserve(size);
  Items items(arena, out);
  size_t index = 0;
  for (auto [_, item] : input.items()) {
    if (auto problem = items.read(item, element("input", index++))) return problem;
    out.asks = item["role"].equals("user");
    out.compacts = item["type"].equals("compaction_trigger");
  }
  return std::nullopt;
}

}  // namespace protocol::openai_responses
