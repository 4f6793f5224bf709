// Gemini: the conversation (contents and systemInstruction). Its turn rules, from Google's own error
// messages: the first turn is the user's; a turn with N function calls is followed at once by a user turn
// that begins with N function responses of the same names in the same order; no part is empty.
#include "base/apart.h"
#include "json/writer.h"
#include "protocol/gemini.h"
#include "protocol/gemini_claude.h"
#include "protocol/problem.h"
#include "protocol/tool_name.h"
#include "protocol/tool_turn.h"

namespace protocol::gemini {

namespace {

using chat::Block;
using chat::Message;
using chat::Request;
using chat::Role;
using json::Writer;
using Kind = Block::Kind;

// Accepted in place of a signature that is not to be had: Google's own CLI sends it for history made
// elsewhere.
constexpr std::string_view kNoSignature = "skip_thought_signature_validator";

// Where a turn has to be that the client has not sent: before the model's first, after its last.
constexpr std::string_view kBlank = " ", kGoOn = "Go on.";

bool has(const Request& request, const Message& message, Kind kind) {
  for (size_t i = message.first; i < message.first + message.count; i++) {
    if (request.blocks[i].kind == kind) return true;
  }
  return false;
}

int pass_of(Kind kind) { return kind == Kind::thinking ? 0 : kind == Kind::tool_call ? 2 : 1; }

class ContentsWriter {
 public:
  ContentsWriter(const Request& request, const Target& target, std::string& out)
      : request_(request),
        target_(target),
        w_(out),
        active_from_(active_turn(request)),
        thinks_(!target.claude || claude_thinking(request, target).budget > 0) {}

  std::optional<chat::Error> run() {
    w_.begin_array();
    for (size_t i = 0; i < request_.messages.size(); i++) {
      const Message& message = request_.messages[i];
      if (message.role == Role::assistant) {
        write_model_turn(i);
      } else if (i == 0 || request_.messages[i - 1].role == Role::user) {
        write_user_turn(nullptr, &message);
      }
    }
    if (request_.messages.empty()) write_system_as_user();
    if (!target_.prefill && ends_with_words_of_the_model()) {
      write_text(Role::user, kGoOn, {});
      close_turn();
    }
    w_.end_array();
    return std::move(problem_);
  }

 private:
  bool ends_with_words_of_the_model() const {
    if (request_.messages.empty() || request_.messages.back().role != Role::assistant) return false;
    return !has(request_, request_.messages.back(), Kind::tool_call);
  }

  void open_turn(Role role) {
    if (open_) return;
    if (role == Role::assistant && !any_) write_opening_turn();
    w_.begin_object().key("role").text(role == Role::user ? "user" : "model").key("parts").begin_array();
    open_ = any_ = true;
  }
  void close_turn() {
    if (open_) w_.end_array().end_object();
    open_ = false;
  }

  BASE_APART void write_opening_turn() {
    open_turn(Role::user);
    w_.begin_object().key("text").text(target_.claude ? kGoOn : kBlank).end_object();
    close_turn();
  }

  BASE_APART void write_system_as_user() {
    for (const chat::Instruction& said : request_.system) write_text(Role::user, said.text, {});
    close_turn();
  }

  // An assistant message and the user message that answers it.
  BASE_APART void write_model_turn(size_t index) {
    const Message& message = request_.messages[index];
    size_t calls = 0;
    // Anthropic's order is thoughts, words, calls; Gemini takes any.
    for (int pass = 0; pass < (target_.claude ? 3 : 1); pass++) {
      for (size_t i = message.first; i < message.first + message.count; i++) {
        const Block& block = request_.blocks[i];
        if (target_.claude && pass != pass_of(block.kind)) continue;
        switch (block.kind) {
          case Kind::text: write_text(Role::assistant, block.body, block.signature); break;
          case Kind::thinking: write_thought(block); break;
          case Kind::media: write_media(Role::assistant, block); break;
          case Kind::tool_call: write_call(block, calls++ == 0 && index >= active_from_); break;
          case Kind::tool_result: break;
        }
      }
    }
    close_turn();
    bool answered = index + 1 < request_.messages.size();
    if (answered || calls) write_user_turn(&message, answered ? &request_.messages[index + 1] : nullptr);
  }

  void write_text(Role role, chat::Text text, const chat::Signature& signature) {
    if (text.empty()) return;
    open_turn(role);
    w_.begin_object().key("text").text(text);
    if (!target_.claude && is_of_family(signature, target_)) w_.key("thoughtSignature").text(signature.text);
    w_.end_object();
  }

  // Thoughts come back only with Gemini's own proof; without it they would be taken for something the model
  // said. A proof without words goes back as it came.
  void write_thought(const Block& block) {
    if (!thinks_ || !is_of_family(block.signature, target_)) return;
    open_turn(Role::assistant);
    w_.begin_object().key("text").text(block.body).key("thought").raw("true");
    w_.key("thoughtSignature").text(block.signature.text).end_object();
  }

  void write_call(const Block& block, bool proof_needed) {
    open_turn(Role::assistant);
    w_.begin_object().key("functionCall").begin_object();
    if (target_.claude) w_.key("id").text(safe_tool_id(block.id, name_));
    w_.key("name").text(safe_tool_name(block.name, name_)).key("args");
    write_input_object(w_, block, plain_);
    w_.end_object();
    if (target_.claude) {
      w_.end_object();
      return;
    }
    if (is_of_family(block.signature, target_)) {
      w_.key("thoughtSignature").text(block.signature.text);
    } else if (proof_needed && target_.signatures_required) {
      w_.key("thoughtSignature").text(kNoSignature);
    }
    w_.end_object();
  }

  // `calls`: the assistant message before, whose calls are to be answered first; null if there is none.
  void write_user_turn(const Message* calls, const Message* message) {
    size_t first = message ? message->first : 0, last = message ? first + message->count : 0;
    std::vector<bool> used(last - first);
    for (size_t i = calls ? calls->first : 0; calls && i < calls->first + calls->count; i++) {
      const Block& call = request_.blocks[i];
      if (call.kind == Kind::tool_call) write_response(call, result_of(request_, call, first, used));
    }
    for (size_t i = first; i < last; i++) {
      const Block& block = request_.blocks[i];
      if (block.kind == Kind::text) write_text(Role::user, block.body, {});
      if (block.kind == Kind::media) write_media(Role::user, block);
      if (block.kind != Kind::tool_result) continue;
      if (!used[i - first]) write_orphan(block, i);
      if (!media_in_response() || !used[i - first]) write_result_media(i);
      i += block.children;
    }
    close_turn();
  }

  bool media_in_response() const { return target_.signatures_required || target_.claude; }

  // `at`: of the result, or kNoResult.
  BASE_APART void write_response(const Block& call, size_t at) {
    const Block* result = at == kNoResult ? nullptr : &request_.blocks[at];
    open_turn(Role::user);
    w_.begin_object().key("functionResponse").begin_object();
    if (target_.claude) w_.key("id").text(safe_tool_id(call.id, name_));
    w_.key("name").text(safe_tool_name(call.name, name_)).key("response").begin_object();
    if (!result) {
      w_.key("error").raw("\"no result was returned\"");
    } else {
      w_.key(result->is_error ? "error" : "output");
      write_result_text(*result, at);
    }
    w_.end_object();
    if (result && media_in_response()) write_response_parts(*result, at);
    w_.end_object().end_object();
  }

  void write_result_text(const Block& result, size_t at) {
    if (result.children == 1 && request_.blocks[at + 1].kind == Kind::text) {
      w_.text(request_.blocks[at + 1].body);
      return;
    }
    plain_.clear();
    for (size_t i = at + 1; i <= at + result.children; i++) {
      if (request_.blocks[i].kind != Kind::text) continue;
      if (!plain_.empty()) plain_ += "\\n";
      plain_ += request_.blocks[i].body;
    }
    w_.text(plain_);
  }

  // Gemini 3 takes media inside the response; older models take them as parts of the same turn.
  void write_response_parts(const Block& result, size_t at) {
    bool any = false;
    for (size_t i = at + 1; i <= at + result.children; i++) {
      if (request_.blocks[i].kind != Kind::media) continue;
      if (!any) w_.key("parts").begin_array();
      any = true;
      write_media_part(request_.blocks[i]);
    }
    if (any) w_.end_array();
  }
  BASE_APART void write_result_media(size_t at) {
    for (size_t i = at + 1; i <= at + request_.blocks[at].children; i++) {
      if (request_.blocks[i].kind == Kind::media) write_media(Role::user, request_.blocks[i]);
    }
  }

  // A result for a call that is not there (a client cut its history): said in words, so that nothing is lost.
  BASE_APART void write_orphan(const Block& result, size_t at) {
    open_turn(Role::user);
    w_.begin_object().key("text").comma();
    std::string& out = w_.out();
    out += "\"Result of the tool";
    if (!result.name.empty()) out.append(" ").append(result.name);
    out += ":\\n";
    for (size_t i = at + 1; i <= at + result.children; i++) {
      if (request_.blocks[i].kind == Kind::text) out += request_.blocks[i].body;
    }
    out += '"';
    w_.end_object();
  }

  void write_media(Role role, const Block& block) {
    open_turn(role);
    write_media_part(block);
  }

  void write_media_part(const Block& block) {
    w_.begin_object();
    if (block.source == chat::Source::base64) {
      w_.key("inlineData").begin_object().key("mimeType").text(block.media_type);
      w_.key("data").text(block.body).end_object();
    } else {
      if (block.source == chat::Source::file_id && block.body.find("files/") == block.body.npos) {
        problem_ = unsupported("file_id",
                               "Files of another service cannot be read by Gemini: send file_data instead.");
      }
      w_.key("fileData").begin_object();
      if (!block.media_type.empty()) w_.key("mimeType").text(block.media_type);
      w_.key("fileUri").text(block.body).end_object();
    }
    w_.end_object();
  }

  const Request& request_;
  const Target& target_;
  Writer w_;
  size_t active_from_;
  bool thinks_;                      // may thoughts go back?
  bool open_ = false, any_ = false;  // a turn is; one has been written
  std::string name_, plain_;
  std::optional<chat::Error> problem_;
};

bool says_anything(const std::vector<chat::Instruction>& system) {
  for (const chat::Instruction& said : system) {
    if (!said.text.empty()) return true;
  }
  return false;
}

void write_system(const Request& request, const Target& target, std::string& out) {
  bool words = format_in_words(request, target);
  std::string choice = target.claude ? choice_in_words(request) : std::string();
  bool nothing = !words && choice.empty() && !says_anything(request.system);
  if (request.messages.empty() || nothing || target.bare) return;
  out += R"(,"systemInstruction":{"role":"user","parts":)";
  Writer w(out);
  w.begin_array();
  for (const chat::Instruction& said : request.system) {
    if (!said.text.empty()) w.begin_object().key("text").text(said.text).end_object();
  }
  if (!choice.empty()) w.begin_object().key("text").text(choice).end_object();
  if (words) {
    w.begin_object().key("text").comma();
    out += "\"When you answer without calling a function, answer with one JSON object and nothing else.";
    if (!request.format.schema.empty()) {
      out += " It must satisfy this JSON Schema: ";
      json::escape(request.format.schema, out);
    }
    out += '"';
    w.end_object();
  }
  w.end_array();
  out += '}';
}

}  // namespace

size_t active_turn(const Request& request) {
  for (size_t i = request.messages.size(); i-- > 0;) {
    const Message& message = request.messages[i];
    if (message.role != Role::user) continue;
    bool answers = has(request, message, Kind::tool_result) ||
                   (i > 0 && has(request, request.messages[i - 1], Kind::tool_call));
    if (!answers) return i;
  }
  return 0;
}

bool format_in_words(const Request& request, const Target& target) {
  using Type = chat::ResponseFormat::Type;
  return (!request.tools.empty() || target.claude) &&
         (request.format.type == Type::json_object || request.format.type == Type::json_schema);
}

std::optional<chat::Error> write_contents(const Request& request, const Target& target, std::string& out) {
  out += "\"contents\":";
  if (auto problem = ContentsWriter(request, target, out).run()) return problem;
  write_system(request, target, out);
  return std::nullopt;
}

}  // namespace protocol::gemini
