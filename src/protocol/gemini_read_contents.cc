// Gemini: the conversation of a client's request.
#include <algorithm>
#include <vector>

#include "base/text.h"
#include "json/escape.h"
#include "protocol/gemini.h"
#include "protocol/gemini_read.h"
#include "protocol/opaque.h"
#include "protocol/problem.h"

namespace protocol::gemini {

namespace {

using chat::Block;
using chat::Request;
using chat::Role;
using json::Value;
using Kind = Block::Kind;

constexpr size_t kMaxParts = 65'535;  // of one function response
constexpr std::string_view kFilesPath = "files/";

// Protobuf takes both base64 alphabets; the model's media are of the standard one.
chat::Text standard_base64(chat::Text data, base::Arena& arena) {
  if (data.find_first_of("-_") == data.npos) return data;
  char* copy = arena.take(data.size());
  std::transform(data.begin(), data.end(), copy, [](char c) { return c == '-' ? '+' : c == '_' ? '/' : c; });
  return {copy, data.size()};
}

// "call_3_0": the same in every request of a conversation, so that prompt caches keep their prefix.
chat::Text make_id(size_t turn, size_t order, base::Arena& arena) {
  std::string id = "call_";
  base::append_int(id, int64_t(turn));
  id += '_';
  base::append_int(id, int64_t(order));
  return arena.copy(id);
}

// ---- what a function gave back

struct Result {
  Value value;
  bool is_error = false;
};

// Clients wrap what their function returned: {"output":..}, {"result":..}, {"content":.., "name":..} or
// {"error":..}. A response with nothing else in it means what is inside; any other is the result as it
// stands.
Result unwrap(Value response) {
  Value output, error;
  size_t members = 0;
  for (auto [key, value] : response.items()) {
    if (key.equals("name") && value.is_string()) continue;
    if (key.equals("error")) {
      if (!value.has_value()) continue;
      error = value;
    } else if (key.equals("output") || key.equals("result") || key.equals("content")) {
      output = value;
    }
    members++;
  }
  bool wrapped = members == 1 && (output || error);
  return {wrapped ? (output ? output : error) : response, bool(error)};
}

constexpr size_t kNone = ~size_t(0);

class ContentsReader {
 public:
  ContentsReader(base::Arena& arena, Request& out) : arena_(arena), out_(out) {}

  Problem read(Value contents) {
    if (!contents.is_array() && !contents.is_object()) return invalid_at("contents", "a list", contents);
    out_.blocks.reserve(contents.size() * 2);
    out_.messages.reserve(contents.size());
    return Elements(contents).each([this](Value content, size_t index) { return read_turn(content, index); });
  }

 private:
  Problem read_turn(Value content, size_t index) {
    turn_ = index;
    where_ = element("contents", index);
    if (!content.is_object()) return invalid_at(where_, "an object", content);
    Value role = member(content, "role"), parts = member(content, "parts");
    bool model = role.equals("model");
    bool user = !role.has_value() || role.inner().empty() || role.equals("user") || role.equals("function") ||
                role.equals("tool");
    if (!model && !user) return bad_field(where_ + ".role", "Please use a valid role: user, model.");
    // Consecutive turns of the model are one; what it asked for before that has had its chance.
    if (model && !after_model_) open_calls_.clear();
    after_model_ = model;
    if (!parts.has_value()) return std::nullopt;
    if (!parts.is_array() && !parts.is_object()) return invalid_at(where_ + ".parts", "a list", parts);
    out_.asks = user;
    Role speaker = model ? Role::assistant : Role::user;
    return Elements(parts).each(
        [this, speaker](Value part, size_t number) { return read_part(part, number, speaker); });
  }

  Problem read_part(Value part, size_t number, Role role) {
    std::string where = element(where_ + ".parts", number);
    if (!part.is_object()) return invalid_at(where, "an object", part);
    Value signature = member(part, "thoughtSignature");
    if (signature.has_value() && !signature.is_string())
      return invalid_at(where + ".thought_signature", "TYPE_BYTES", signature);
    chat::Signature proof = read_opaque(signature.inner(), Origin::gemini, out_.packed);
    bool thought = member(part, "thought").is_true();
    for (auto [key, value] : part.items()) {
      if (!value.has_value()) continue;
      if (key.equals("text")) return read_text(value, where, thought, proof, role);
      if (names(key, "functionCall")) return read_call(value, where, proof);
      if (names(key, "functionResponse")) return read_response(value, where, number);
      if (names(key, "inlineData") || names(key, "fileData")) return read_media(part, where, role);
      if (names(key, "executableCode"))
        return add_fenced(member(value, "language").str(), member(value, "code").inner(), role);
      if (names(key, "codeExecutionResult")) return add_fenced("text", member(value, "output").inner(), role);
    }
    if (!proof.text.empty()) add_lone_proof(proof, role);
    return std::nullopt;
  }

  Problem read_text(Value text, std::string_view where, bool thought, const chat::Signature& proof,
                    Role role) {
    if (!text.is_string()) return invalid_at(std::string(where) + ".text", "TYPE_STRING", text);
    Kind kind = thought && role == Role::assistant ? Kind::thinking : Kind::text;
    if (text.inner().empty()) {
      if (!proof.text.empty()) add_proof(kind, proof, role);
      return std::nullopt;
    }
    out_.begin(role);
    Block& block = out_.add(kind);
    block.body = text.inner();
    block.signature = proof;
    return std::nullopt;
  }

  // The last block, if it is of the turn at hand.
  Block* last_block(Role role) {
    if (out_.messages.empty() || out_.messages.back().role != role || !out_.messages.back().count)
      return nullptr;
    return &out_.blocks.back();
  }

  // A proof without words belongs to the block before it. Without such a block it is one of its own.
  void add_proof(Kind kind, const chat::Signature& proof, Role role) {
    if (Block* last = last_block(role); last && last->kind == kind && last->signature.text.empty()) {
      last->signature = proof;
      return;
    }
    if (role == Role::user) return;
    out_.begin(role);
    out_.add(Kind::thinking).signature = proof;
  }

  // A part that is nothing but a proof: a redacted thought on its way back.
  void add_lone_proof(const chat::Signature& proof, Role role) {
    if (role == Role::user) return;
    out_.begin(role);
    Block& block = out_.add(Kind::thinking);
    block.signature = proof;
    block.redacted = true;
  }

  Problem add_fenced(std::string_view language, chat::Text body, Role role) {
    out_.begin(role);
    std::string text = fenced(language, body);
    out_.add(Kind::text).body = arena_.copy(text);
    return std::nullopt;
  }

  Problem read_media(Value part, std::string_view where, Role role) {
    Value data = member(part, "inlineData"), file = member(part, "fileData");
    Value resolution = member(member(part, "mediaResolution"), "level");
    out_.begin(role);
    return data.is_object() ? read_data(data, where, resolution) : read_file(file, where, resolution);
  }

  Problem read_data(Value data, std::string_view where, Value resolution) {
    Value type = member(data, "mimeType"), bytes = member(data, "data");
    std::string field = std::string(where) + ".inline_data";
    if (!type.is_string()) return invalid_at(field + ".mime_type", "TYPE_STRING", type);
    if (!bytes.is_string()) return invalid_at(field + ".data", "TYPE_BYTES", bytes);
    Block& block = add_media(type, resolution);
    block.body = standard_base64(bytes.inner(), arena_);
    block.name = member(data, "displayName").inner();
    return std::nullopt;
  }

  Problem read_file(Value file, std::string_view where, Value resolution) {
    Value uri = member(file, "fileUri");
    if (!uri.is_string() || uri.inner().empty())
      return invalid_at(std::string(where) + ".file_data.file_uri", "TYPE_STRING", uri);
    Block& block = add_media(member(file, "mimeType"), resolution);
    block.source = uri.inner().starts_with(kFilesPath) ? chat::Source::file_id : chat::Source::url;
    block.body = uri.inner();
    block.name = member(file, "displayName").inner();
    return std::nullopt;
  }

  Block& add_media(Value type, Value resolution) {
    Block& block = out_.add(Kind::media);
    block.media_type = type.inner();
    if (resolution.equals("MEDIA_RESOLUTION_LOW")) block.detail = "low";
    if (resolution.equals("MEDIA_RESOLUTION_HIGH")) block.detail = "high";
    return block;
  }

  Problem read_call(Value call, std::string_view where, const chat::Signature& proof) {
    std::string field = std::string(where) + ".function_call";
    Value name = member(call, "name"), id = member(call, "id"), args = member(call, "args");
    if (!name.is_string()) return invalid_at(field + ".name", "TYPE_STRING", name);
    if (name.inner().empty()) return bad_field(field + ".name", "Name cannot be empty.");
    if (args.has_value() && !args.is_object()) return invalid_at(field + ".args", "an object", args);
    // The proof of another protocol's thoughts rides on the call that follows them.
    bool own = proof.origin == Origin::gemini;
    if (!own && !proof.text.empty()) add_proof(Kind::thinking, proof, Role::assistant);
    out_.begin(Role::assistant);
    Block& block = out_.add(Kind::tool_call);
    block.name = name.inner();
    block.id = id.inner().empty() ? make_id(turn_, calls_in_turn(), arena_) : id.inner();
    block.arguments = {args.is_object() ? args.raw() : "{}", false};
    if (own) block.signature = proof;
    open_calls_.push_back(out_.blocks.size() - 1);
    return std::nullopt;
  }

  size_t calls_in_turn() {
    if (numbered_turn_ != turn_) order_ = 0;
    numbered_turn_ = turn_;
    return order_++;
  }

  // The call that a response answers, by its id, else the first open one of its name. It is open no longer.
  size_t take_call(chat::Text id, chat::Text name) {
    auto take = [this](auto matches) {
      auto found = std::find_if(open_calls_.begin(), open_calls_.end(), matches);
      if (found == open_calls_.end()) return kNone;
      size_t at = *found;
      open_calls_.erase(found);
      return at;
    };
    if (!id.empty()) {
      size_t at = take([&](size_t call) { return out_.blocks[call].id == id; });
      if (at != kNone) return at;
    }
    return take([&](size_t call) { return name.empty() || out_.blocks[call].name == name; });
  }

  Problem read_response(Value given, std::string_view where, size_t number) {
    std::string field = std::string(where) + ".function_response";
    Value id = member(given, "id"), name = member(given, "name"), response = member(given, "response");
    if (!name.is_string()) return invalid_at(field + ".name", "TYPE_STRING", name);
    if (response.has_value() && !response.is_object())
      return invalid_at(field + ".response", "an object", response);
    size_t call = take_call(id.inner(), name.inner());
    bool known = call != kNone;
    chat::Text made = known ? out_.blocks[call].id : id.inner();
    if (made.empty()) made = make_id(turn_, number, arena_);
    chat::Text called = known ? out_.blocks[call].name : name.inner();
    out_.begin(Role::user);
    size_t at = out_.blocks.size();
    out_.asks = false;
    Block& block = out_.add(Kind::tool_result);
    block.id = made;
    block.name = called;
    add_result(response, at);
    if (auto problem = read_response_parts(member(given, "parts"), field)) return problem;
    size_t children = out_.blocks.size() - at - 1;
    if (children > kMaxParts) return bad_field(field + ".parts", "it has too many parts.");
    out_.blocks[at].children = uint16_t(children);
    return std::nullopt;
  }

  void add_result(Value response, size_t at) {
    if (!response.is_object()) return;
    Result result = unwrap(response);
    out_.blocks[at].is_error = result.is_error;
    chat::Text text = result.value.is_string() ? result.value.inner() : escaped_copy(result.value.raw());
    if (!text.empty()) out_.add(Kind::text).body = text;
  }

  chat::Text escaped_copy(std::string_view json) {
    std::string escaped;
    json::escape(json, escaped);
    return arena_.copy(escaped);
  }

  Problem read_response_parts(Value parts, const std::string& field) {
    if (!parts.has_value()) return std::nullopt;
    if (!parts.is_array() && !parts.is_object()) return invalid_at(field + ".parts", "a list", parts);
    return Elements(parts).each([&](Value part, size_t index) -> Problem {
      std::string where = element(field + ".parts", index);
      bool media = member(part, "inlineData").is_object() || member(part, "fileData").is_object();
      if (!media) return bad_field(where, "a part of a function response holds inline_data or file_data.");
      return read_media(part, where, Role::user);
    });
  }

  base::Arena& arena_;
  Request& out_;
  size_t turn_ = 0, numbered_turn_ = kNone, order_ = 0;
  std::string where_;
  bool after_model_ = false;
  std::vector<size_t> open_calls_;  // blocks: calls of the model's last turn that no response has answered
};

}  // namespace

Problem read_contents(Value contents, base::Arena& arena, Request& out) {
  return ContentsReader(arena, out).read(contents);
}

// A string, or a content whose role does not matter. Only words instruct.
Problem read_system(Value instruction, Request& out) {
  if (instruction.is_string()) return out.system.push_back({instruction.inner(), {}}), std::nullopt;
  if (!instruction.is_object()) return invalid_at("system_instruction", "an object", instruction);
  Value parts = member(instruction, "parts");
  if (!parts.has_value()) return std::nullopt;
  return Elements(parts).each([&](Value part, size_t index) -> Problem {
    Value text = part.is_string() ? part : part["text"];
    if (!text.is_string())
      return invalid_at(element("system_instruction.parts", index, "text"), "TYPE_STRING", text);
    if (!text.inner().empty()) out.system.push_back({text.inner(), {}});
    return std::nullopt;
  });
}

}  // namespace protocol::gemini
