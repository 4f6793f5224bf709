// OpenAI Responses: the conversation as input items of a request to an upstream.
#include <algorithm>
#include <vector>

#include "base/sha256.h"
#include "protocol/custom_tool.h"
#include "protocol/openai_responses.h"
#include "protocol/tool_name.h"

namespace protocol::openai_responses {

namespace {

using chat::Block;
using chat::Request;
using json::Writer;
using Kind = Block::Kind;

constexpr size_t kMaxId = 64;
constexpr size_t kHashDigits = 24;

class Input {
 public:
  Input(Writer& w, const Request& request, const Target& target)
      : w_(w), request_(request), target_(target) {}

  void write() {
    w_.key("input").begin_array();
    for (const chat::Message& message : request_.messages) {
      size_t last = message.first + message.count;
      if (message.role == chat::Role::assistant) {
        answer_calls();
        write_assistant(message.first, last);
      } else {
        write_user(message.first, last);
      }
    }
    answer_calls();
    // A conversation of nothing but instructions still needs one item.
    if (w_.out().ends_with('[')) {
      begin_message("user");
      write_text_part("input_text", "");
      end_message();
    }
    w_.end_array();
  }

 private:
  // ---- messages

  void write_text_part(std::string_view type, chat::Text text) {
    w_.begin_object().key("type").text(type).key("text").text(text).end_object();
  }

  // A data URL, or the URL that it is already.
  void write_url(const Block& block) {
    std::string& out = w_.comma().out();
    out += '"';
    if (block.source == chat::Source::base64) out.append("data:").append(block.media_type).append(";base64,");
    out.append(block.body).append("\"");
  }

  void write_media(const Block& block) {
    bool image = block.media_type.starts_with("image/");
    bool url = block.source == chat::Source::url;
    w_.begin_object().key("type");
    if (block.source == chat::Source::file_id) {
      w_.raw(image ? "\"input_image\"" : "\"input_file\"").key("file_id").text(block.body);
    } else if (block.media_type.starts_with("audio/") && !url) {
      std::string_view format = block.media_type.substr(6);
      w_.raw("\"input_audio\"").key("input_audio").begin_object().key("data").text(block.body);
      w_.key("format").text(format == "mpeg" ? "mp3" : format).end_object();
    } else if (image || (url && block.media_type.empty())) {
      w_.raw("\"input_image\"").key("image_url");
      write_url(block);
    } else if (url) {
      w_.raw("\"input_file\"").key("file_url").text(block.body);
    } else {
      w_.raw("\"input_file\"").key("filename").text(block.name.empty() ? "file" : block.name);
      w_.key("file_data");
      write_url(block);
    }
    if (image && !block.detail.empty()) w_.key("detail").text(block.detail);
    w_.end_object();
  }

  void begin_message(std::string_view role) {
    w_.begin_object().key("type").raw("\"message\"").key("role").text(role).key("content").begin_array();
  }
  void end_message() { w_.end_array().end_object(); }

  void write_instruction(chat::Text text) {
    begin_message("developer");
    write_text_part("input_text", text);
    end_message();
  }

  // Results come before what else the user said: every call wants its output first.
  void write_user(size_t first, size_t last) {
    std::vector<size_t> said;
    for (size_t i = first; i < last; i++) {
      const Block& block = request_.blocks[i];
      if (block.kind != Kind::tool_result) {
        said.push_back(i);
        continue;
      }
      if (const Block* call = settle(block.id)) {
        write_result(i, is_custom(*call));
      } else {
        said.push_back(i);
      }
      i += block.children;
    }
    answer_calls();
    write_said(said);
  }

  void write_said(const std::vector<size_t>& said) {
    bool open = false;
    for (size_t i : said) {
      const Block& block = request_.blocks[i];
      if (block.instruction) {
        if (open) end_message();
        open = false;
        write_instruction(block.body);
        continue;
      }
      if (!open) begin_message("user");
      open = true;
      if (block.kind == Kind::text) write_text_part("input_text", block.body);
      if (block.kind == Kind::media) write_media(block);
      if (block.kind == Kind::tool_result) write_orphan(i);
    }
    if (open) end_message();
  }

  // The result of a call that is not there.
  void write_orphan(size_t at) {
    write_text_part("input_text", "Result of the tool:");
    for (size_t i = at + 1; i <= at + request_.blocks[at].children; i++) {
      const Block& child = request_.blocks[i];
      child.kind == Kind::text ? write_text_part("input_text", child.body) : write_media(child);
    }
  }

  void write_assistant(size_t first, size_t last) {
    bool open = false;
    for (size_t i = first; i < last; i++) {
      const Block& block = request_.blocks[i];
      if (block.kind == Kind::text) {
        if (!open) begin_message("assistant");
        open = true;
        write_text_part("output_text", block.body);
        continue;
      }
      if (open) end_message();
      open = false;
      if (block.kind == Kind::thinking) write_thinking(block);
      if (block.kind == Kind::tool_call) write_call(block);
      if (block.kind == Kind::media) write_image(block);
    }
    if (open) end_message();
  }

  // An image that a model drew.
  void write_image(const Block& block) {
    if (block.source != chat::Source::base64 || !block.media_type.starts_with("image/")) return;
    std::string id = "ig_" + base::hex(base::sha256(block.body)).substr(0, kHashDigits);
    w_.begin_object().key("type").raw("\"image_generation_call\"").key("id").text(id);
    w_.key("status").raw("\"completed\"").key("result").text(block.body).end_object();
  }

  // ---- reasoning

  // Thoughts without their proof, or with a foreign one, would be refused.
  void write_thinking(const Block& block) {
    if (!target_.accepts(block.signature, Origin::openai_responses)) return;
    bool compaction = block.name == "compaction";
    w_.begin_object().key("type").raw(compaction ? "\"compaction\"" : "\"reasoning\"");
    if (!block.id.empty() && block.id.size() <= kMaxId) w_.key("id").text(block.id);
    if (!compaction) {
      w_.key("summary").begin_array();
      if (!block.body.empty()) write_text_part("summary_text", block.body);
      w_.end_array();
    }
    w_.key("encrypted_content").text(block.signature.text).end_object();
  }

  // ---- calls and their results

  bool is_custom(const Block& block) const { return block.custom && target_.custom_tools; }

  void write_call(const Block& block) {
    std::string scratch, name;
    open_calls_.push_back(&block);
    bool custom = is_custom(block);
    w_.begin_object().key("type").raw(custom ? "\"custom_tool_call\"" : "\"function_call\"");
    w_.key("call_id")
        .text(safe_tool_id(block.id, scratch))
        .key("name")
        .text(safe_tool_name(block.name, name));
    if (custom) {
      w_.key("input").text(block.arguments.text);
    } else {
      write_arguments(block);
    }
    w_.end_object();
  }

  void write_arguments(const Block& block) {
    w_.key("arguments");
    if (block.custom) {
      std::string& out = w_.comma().out();
      out += '"';
      append_custom_arguments(block.arguments.text, out);
      out += '"';
    } else if (block.arguments.text.empty()) {
      w_.raw("\"{}\"");
    } else {
      block.arguments.encoded ? w_.text(block.arguments.text) : w_.string(block.arguments.text);
    }
  }

  void begin_result(const Block& block, bool custom) {
    std::string scratch;
    w_.begin_object().key("type").raw(custom ? "\"custom_tool_call_output\"" : "\"function_call_output\"");
    w_.key("call_id").text(safe_tool_id(block.id, scratch)).key("output");
  }

  // One string if the result is text, a list of parts otherwise. There is no flag for errors.
  void write_result(size_t at, bool custom) {
    const Block& block = request_.blocks[at];
    begin_result(block, custom);
    std::string text = block.is_error ? "Error: " : "";
    bool plain = true;
    for (size_t i = at + 1; i <= at + block.children; i++) {
      plain = plain && request_.blocks[i].kind == Kind::text;
      if (plain) text += request_.blocks[i].body;
    }
    if (plain) {
      w_.text(text).end_object();
      return;
    }
    w_.begin_array();
    if (block.is_error) write_text_part("input_text", "Error:");
    for (size_t i = at + 1; i <= at + block.children; i++) {
      const Block& child = request_.blocks[i];
      child.kind == Kind::text ? write_text_part("input_text", child.body) : write_media(child);
    }
    w_.end_array().end_object();
  }

  // Takes the call `id` from the open ones; null if it is not among them.
  const Block* settle(chat::Text id) {
    auto found = std::find_if(open_calls_.begin(), open_calls_.end(),
                              [id](const Block* call) { return call->id == id; });
    if (found == open_calls_.end()) return nullptr;
    const Block* call = *found;
    open_calls_.erase(found);
    return call;
  }

  // The API refuses a call without its output.
  void answer_calls() {
    for (const Block* call : open_calls_) {
      begin_result(*call, is_custom(*call));
      w_.raw("\"no result was returned\"").end_object();
    }
    open_calls_.clear();
  }

  Writer& w_;
  const Request& request_;
  const Target& target_;
  std::vector<const Block*> open_calls_;
};

}  // namespace

void write_input(Writer& w, const Request& request, const Target& target) {
  Input(w, request, target).write();
}

}  // namespace protocol::openai_responses
