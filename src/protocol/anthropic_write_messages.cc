// Anthropic Messages: the conversation of a request to an upstream. The service's rules: the user speaks
// first; every tool_use is answered in the next message, which begins with the answers; no text is blank; a
// thinking block goes back only with its own proof, and never ends a message.
#include "json/writer.h"
#include "protocol/anthropic.h"
#include "protocol/anthropic_cache.h"
#include "protocol/anthropic_write.h"
#include "protocol/problem.h"
#include "protocol/tool_name.h"
#include "protocol/tool_turn.h"

namespace protocol::anthropic {

namespace {

using chat::Block;
using chat::Message;
using chat::Request;
using chat::Role;
using Kind = Block::Kind;

// Stands in for words that are not there where a message may not be empty.
constexpr chat::Text kNoWords = ".";
// Asks for what the client's unfinished answer asks for by itself where the model understands that.
constexpr chat::Text kGoOn =
    "Go on with your last message exactly where it ends, without repeating any of it.";

class MessagesWriter {
 public:
  MessagesWriter(json::Writer& w, const Request& request, const Target& target, CacheMarks& marks,
                 bool thinks)
      : w_(w), request_(request), target_(target), marks_(marks), thinks_(thinks) {}

  Problem run() {
    w_.key("messages").begin_array();
    const std::vector<Message>& messages = request_.messages;
    if (messages.empty()) write_system_as_user();
    for (size_t i = 0; i < messages.size(); i++) {
      if (messages[i].role == Role::assistant) {
        write_assistant(messages[i], i + 1 == messages.size());
        if (i + 1 == messages.size()) write_user(&messages[i], nullptr);
      } else {
        write_user(i ? &messages[i - 1] : nullptr, &messages[i]);
      }
    }
    if (!any_) write_words(Role::user, kNoWords);
    if (ends_with_assistant_ && !target_.prefill) write_words(Role::user, kGoOn);
    w_.end_array();
    return std::move(problem_);
  }

 private:
  void open_turn(Role role) {
    if (open_) return;
    if (role == Role::assistant && !any_) write_words(Role::user, kNoWords);
    w_.begin_object()
        .key("role")
        .text(role == Role::user ? "user" : "assistant")
        .key("content")
        .begin_array();
    open_ = any_ = true;
    ends_with_assistant_ = role == Role::assistant;
  }
  void close_turn() {
    if (open_) w_.end_array().end_object();
    open_ = false;
  }
  void write_words(Role role, chat::Text text) {
    write_text(role, text, {});
    close_turn();
  }
  void write_system_as_user() {
    for (const chat::Instruction& said : request_.system)
      write_text(Role::user, said.text, said.cache_control);
    close_turn();
  }

  void end_block(chat::Raw mark) {
    if (!mark.empty()) w_.key("cache_control").raw(mark);
    w_.end_object();
  }
  chat::Raw mark_of(const Block& block) {
    if (marks_.last_block() != CacheMarks::kNone && &block == &request_.blocks[marks_.last_block()]) {
      return CacheMarks::kMark;
    }
    return marks_.in_messages(block.cache_control);
  }

  void write_text(Role role, chat::Text text, chat::Raw mark) {
    if (is_blank(text)) return;
    open_turn(role);
    w_.begin_object().key("type").raw("\"text\"").key("text").text(text);
    end_block(mark);
  }

  // ---- assistant

  // A thought at the end of a message is refused, so those after the last word or call stay behind.
  size_t end_of_words(const Message& message) const {
    size_t end = message.first;
    for (size_t i = message.first; i < message.first + message.count; i++) {
      const Block& block = request_.blocks[i];
      if (block.kind == Kind::tool_call || (block.kind == Kind::text && !is_blank(block.body))) end = i + 1;
    }
    return end;
  }

  void write_assistant(const Message& message, bool last) {
    size_t end = end_of_words(message);
    for (size_t i = message.first; i < end; i++) {
      const Block& block = request_.blocks[i];
      if (block.kind == Kind::thinking && thinks_) write_thinking(block);
      if (block.kind == Kind::tool_call) write_call(block);
      if (block.kind != Kind::text) continue;
      // An answer that is to be continued may not end in white space.
      bool continued = last && i + 1 == end;
      write_text(Role::assistant, continued ? without_trailing_space(block.body) : block.body,
                 mark_of(block));
    }
    close_turn();
  }

  void write_thinking(const Block& block) {
    if (!target_.accepts(block.signature, Origin::anthropic)) return;
    open_turn(Role::assistant);
    if (block.redacted) {
      w_.begin_object().key("type").raw("\"redacted_thinking\"").key("data").text(block.signature.text);
    } else {
      w_.begin_object().key("type").raw("\"thinking\"").key("thinking").text(block.body);
      w_.key("signature").text(block.signature.text);
    }
    w_.end_object();
  }

  void write_call(const Block& block) {
    open_turn(Role::assistant);
    w_.begin_object().key("type").raw("\"tool_use\"").key("id").text(id_of(block));
    w_.key("name").text(safe_tool_name(block.name, name_)).key("input");
    write_input_object(w_, block, plain_);
    end_block(mark_of(block));
  }

  chat::Text id_of(const Block& block) { return safe_tool_id(block.id, id_); }

  // ---- user

  // `calls`: the assistant's message before, whose calls are answered first; null if there is none.
  void write_user(const Message* calls, const Message* message) {
    size_t first = message ? message->first : 0, last = message ? first + message->count : 0;
    std::vector<bool> used(last - first);
    for (size_t i = calls ? calls->first : 0; calls && i < calls->first + calls->count; i++) {
      const Block& call = request_.blocks[i];
      if (call.kind == Kind::tool_call) write_result(call, result_of(request_, call, first, used));
    }
    for (size_t i = first; i < last; i++) {
      const Block& block = request_.blocks[i];
      if (block.kind == Kind::text) write_said(block);
      if (block.kind == Kind::media) write_media(block, mark_of(block));
      if (block.kind != Kind::tool_result) continue;
      if (!used[i - first]) write_orphan(block, i);
      i += block.children;
    }
    close_turn();
  }

  // The system's words in the middle of a conversation stand in the user's turn, in the tags in which Claude
  // is used to meet them.
  void write_said(const Block& block) {
    if (!block.instruction || is_blank(block.body)) {
      return write_text(Role::user, block.body, mark_of(block));
    }
    plain_ = "<system-reminder>\\n";
    plain_.append(block.body).append("\\n</system-reminder>");
    write_text(Role::user, plain_, mark_of(block));
  }

  // `at`: of the result, or kNoResult.
  void write_result(const Block& call, size_t at) {
    open_turn(Role::user);
    w_.begin_object().key("type").raw("\"tool_result\"").key("tool_use_id").text(id_of(call)).key("content");
    if (at == kNoResult) {
      w_.raw("\"No result was returned.\"").key("is_error").raw("true").end_object();
      return;
    }
    const Block& result = request_.blocks[at];
    if (result.children == 0) {
      w_.raw("\"\"");
    } else {
      write_result_content(result, at);
    }
    if (result.is_error) w_.key("is_error").raw("true");
    end_block(mark_of(result));
  }

  void write_result_content(const Block& result, size_t at) {
    const Block* only = result.children == 1 ? &request_.blocks[at + 1] : nullptr;
    if (only && only->kind == Kind::text && only->cache_control.empty()) {
      w_.text(only->body);
      return;
    }
    w_.begin_array();
    bool open = open_;
    open_ = true;  // the blocks go into the result, not into the turn
    for (size_t i = at + 1; i <= at + result.children; i++) {
      const Block& block = request_.blocks[i];
      if (block.kind == Kind::text) write_text(Role::user, block.body, mark_of(block));
      if (block.kind == Kind::media) write_media(block, mark_of(block));
    }
    open_ = open;
    w_.end_array();
  }

  // A result for a call that is not there (a client cut its history): said in words, so that nothing is lost.
  void write_orphan(const Block& result, size_t at) {
    plain_ = "Result of the tool";
    if (!result.name.empty()) plain_.append(" ").append(result.name);
    plain_ += ":";
    for (size_t i = at + 1; i <= at + result.children; i++) {
      if (request_.blocks[i].kind == Kind::text) plain_.append("\\n").append(request_.blocks[i].body);
    }
    write_text(Role::user, plain_, mark_of(result));
    for (size_t i = at + 1; i <= at + result.children; i++) {
      if (request_.blocks[i].kind == Kind::media) write_media(request_.blocks[i], {});
    }
  }

  void write_media(const Block& block, chat::Raw mark) {
    open_turn(Role::user);
    if (auto problem = write_media_block(w_, block, mark); problem && !problem_)
      problem_ = std::move(problem);
  }

  json::Writer& w_;
  const Request& request_;
  const Target& target_;
  CacheMarks& marks_;
  bool thinks_, open_ = false, any_ = false, ends_with_assistant_ = false;
  std::string name_, id_, plain_;
  Problem problem_;
};

}  // namespace

Problem write_messages(json::Writer& w, const Request& request, const Target& target, CacheMarks& marks,
                       bool thinks) {
  return MessagesWriter(w, request, target, marks, thinks).run();
}

}  // namespace protocol::anthropic
