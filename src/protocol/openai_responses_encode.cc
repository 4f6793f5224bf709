// OpenAI Responses: the answer, as a stream of events or as one object. One item is open at a time.
#include <utility>

#include "protocol/compaction.h"
#include "protocol/custom_tool.h"
#include "protocol/opaque.h"
#include "protocol/openai_responses.h"
#include "protocol/openai_responses_citations.h"
#include "protocol/openai_responses_frames.h"
#include "protocol/openai_responses_object.h"

namespace protocol::openai_responses {

namespace {

using chat::Event;
using chat::Finish;
using Type = Event::Type;

class AnswerEncoder final : public Encoder {
 public:
  AnswerEncoder(Stamp stamp, bool stream)
      : stamp_(std::move(stamp)),
        stream_(stream),
        begun_(stamp_.sequence > 0),
        frames_(out_, stamp_.id, stream, stamp_.sequence) {}

  std::string_view content_type() const override {
    return stream_ ? "text/event-stream; charset=utf-8" : "application/json";
  }
  std::string_view keepalive() const override { return stream_ ? ": keepalive\n\n" : std::string_view(); }
  int status() const override { return status_; }

  void event(const Event& event) override {
    if (event.choice > 0) return;
    begin();
    if (stamp_.request && stamp_.request->compacts) return summarise(event);
    switch (event.type) {
      case Type::text: say(Part::text, event.text); break;
      case Type::refusal: say(Part::refusal, event.text); break;
      case Type::thinking: think(event); break;
      case Type::signature: sign(event); break;
      case Type::redacted_thinking: sealed(event); break;
      case Type::tool_call: tool_call(event); break;
      case Type::tool_arguments: arguments(event.arguments); break;
      case Type::tool_end: close_item("completed"); break;
      case Type::search: search(event); break;
      case Type::media: image(event); break;
      case Type::logprobs: logprobs(event.raw); break;
      case Type::finish: finish(event.finish); break;
    }
  }

  void usage(const chat::Usage& usage) override { usage_ = usage; }

  void end() override {
    begin();
    close_item("completed");
    if (stamp_.request && stamp_.request->compacts) return end_compaction();
    bool cut = finish_ == Finish::length;
    bool filtered = finish_ == Finish::content_filter || (finish_ == Finish::refusal && !refused_);
    std::string_view status = cut || filtered ? "incomplete" : "completed";
    std::string_view reason = cut ? "max_output_tokens" : filtered ? "content_filter" : "";
    conclude({status, frames_.items(), reason, nullptr, &usage_});
  }

  void fail(const chat::Error& failure) override {
    if (!stream_) {
      status_ = chat::status_of(failure);
      out_.clear();
      return error(failure, {}, out_);
    }
    begin();
    conclude({"failed", frames_.items(), {}, &failure, usage_.known ? &usage_ : nullptr});
  }

 private:
  enum class Open : uint8_t { nothing, message, reasoning, function, custom };
  enum class Part : uint8_t { none, text, refusal };

  // ---- the response

  void begin() {
    if (begun_) return;
    begun_ = true;
    if (!stream_) return;
    response_frame("response.created", {});
    response_frame("response.in_progress", {});
  }

  void response_frame(std::string_view type, const Outcome& outcome) {
    frames_.open(type);
    out_ += ",\"response\":";
    append_response(stamp_, outcome, out_);
    frames_.close();
  }

  void conclude(const Outcome& outcome) {
    if (stream_) {
      response_frame("response." + std::string(outcome.status), outcome);
    } else {
      append_response(stamp_, outcome, out_);
    }
  }

  void finish(Finish reason) {
    finish_ = reason;
    bool cut = reason == Finish::length || reason == Finish::content_filter;
    close_item(cut ? "incomplete" : "completed");
  }

  // ---- items

  void open_item(Open kind, std::string_view prefix, std::string_view id = {}) {
    close_item("completed");
    open_ = kind;
    frames_.begin_item(id, prefix);
    frames_.announce(item("in_progress", {}));
  }

  // The open item, with `text` in its place.
  std::string item(std::string_view status, std::string_view text) const {
    std::string out;
    out.reserve(text.size() + parts_.size() + proof_.size() + 256);
    out.append("{\"id\":\"").append(frames_.item_id()).append("\",\"type\":\"");
    switch (open_) {
      case Open::nothing: break;
      case Open::message:
        out.append("message\",\"status\":\"").append(status);
        out.append("\",\"role\":\"assistant\",\"content\":[").append(parts_).append("]}");
        break;
      case Open::reasoning:
        out += "reasoning\",\"summary\":[";
        if (!text.empty()) out += part(text);
        out += ']';
        if (!proof_.empty()) out.append(",\"encrypted_content\":\"").append(proof_).append("\"");
        out += '}';
        break;
      case Open::function:
      case Open::custom:
        out += open_ == Open::custom ? "custom_tool_call" : "function_call";
        out.append("\",\"status\":\"").append(status).append("\",").append(call_);
        out.append(open_ == Open::custom ? "\"input\":\"" : "\"arguments\":\"").append(text).append("\"}");
        break;
    }
    return out;
  }

  void close_item(std::string_view status) {
    if (open_ == Open::nothing) return;
    if (open_ == Open::message) close_part();
    if (open_ == Open::reasoning && !text_.empty()) close_summary();
    if (open_ == Open::function || open_ == Open::custom) close_call(status);
    frames_.finish_item(item(status, text_));
    open_ = Open::nothing;
    part_index_ = 0;
    for (std::string* spent : {&text_, &parts_, &proof_, &call_}) spent->clear();
    follow_up();
  }

  // What had to wait for the end of a message.
  void follow_up() {
    if (!text_proof_.empty()) {
      std::string proof = std::exchange(text_proof_, {});
      proof_item({}, std::move(proof));
    }
    for (const std::string& action : std::exchange(searches_, {})) search_item(action);
  }

  // ---- a conversation made short

  // Of all that the model says its text alone is the summary, unless the upstream made the item itself.
  void summarise(const Event& event) {
    if (event.type == Type::text) text_ += event.text;
    if (event.type == Type::finish) finish_ = event.finish;
    if (event.type == Type::redacted_thinking && event.name == "compaction") sealed(event);
  }

  // A summary that was cut short is worth more to the client than none, without which it cannot go on.
  void end_compaction() {
    bool withheld = finish_ == Finish::content_filter || finish_ == Finish::refusal;
    if (frames_.items().empty() && !text_.empty() && !withheld) {
      std::string slot;
      append_compaction(text_, slot);
      frames_.compaction_item({}, slot);
    }
    if (frames_.items().empty()) return fail(no_summary());
    conclude({"completed", frames_.items(), {}, nullptr, &usage_});
  }

  // ---- parts: of a message's content, of a reasoning item's summary

  bool part_frame(std::string_view type) {
    if (!frames_.open_about_item(type)) return false;
    bool summary = open_ == Open::reasoning;
    frames_.number(summary ? "summary_index" : "content_index", summary ? 0 : part_index_);
    return true;
  }

  // The open part, with `text` in its place.
  std::string part(std::string_view text) const {
    std::string out;
    out.reserve(text.size() + annotations_.size() + logprobs_.size() + 96);
    if (open_ == Open::reasoning) {
      out += R"({"type":"summary_text","text":")";
    } else {
      out += part_ == Part::text ? R"({"type":"output_text","text":")" : R"({"type":"refusal","refusal":")";
    }
    out.append(text).append("\"");
    if (open_ == Open::message && part_ == Part::text) {
      out.append(",\"annotations\":[").append(annotations_);
      out.append("],\"logprobs\":[").append(logprobs_).append("]");
    }
    return out += '}';
  }

  void say(Part kind, chat::Text text) {
    if (open_ != Open::message) open_item(Open::message, "msg_");
    if (part_ != kind) {
      close_part();
      part_ = kind;
      if (part_frame("response.content_part.added")) frames_.raw("part", part({})).close();
    }
    refused_ = refused_ || kind == Part::refusal;
    text_ += text;
    text_delta(text, "[]");
  }

  void text_delta(chat::Text text, chat::Raw logprobs) {
    bool is_text = part_ == Part::text;
    if (!part_frame(is_text ? "response.output_text.delta" : "response.refusal.delta")) return;
    frames_.text("delta", text);
    if (is_text) frames_.raw("logprobs", logprobs);
    frames_.close();
  }

  void close_part() {
    if (part_ == Part::none) return;
    bool is_text = part_ == Part::text;
    if (is_text) cite();
    if (part_frame(is_text ? "response.output_text.done" : "response.refusal.done")) {
      frames_.text(is_text ? "text" : "refusal", text_);
      if (is_text) frames_.raw("logprobs", "[" + logprobs_ + "]");
      frames_.close();
    }
    std::string done = part(text_);
    if (part_frame("response.content_part.done")) frames_.raw("part", done).close();
    if (!parts_.empty()) parts_ += ',';
    parts_ += done;
    part_ = Part::none;
    part_index_++;
    for (std::string* spent : {&text_, &annotations_, &logprobs_}) spent->clear();
  }

  // They come after the text that they are about.
  void logprobs(chat::Raw tokens) {
    if (open_ != Open::message || part_ != Part::text || tokens.size() <= 2) return;
    if (!logprobs_.empty()) logprobs_ += ',';
    logprobs_ += tokens.substr(1, tokens.size() - 2);
    text_delta({}, tokens);
  }

  void cite() {
    int64_t index = 0;
    for (const std::string& citation : citations_.take(text_)) {
      if (part_frame("response.output_text.annotation.added")) {
        frames_.number("annotation_index", index).raw("annotation", citation).close();
      }
      if (index++) annotations_ += ',';
      annotations_ += citation;
    }
  }

  // ---- reasoning

  // OpenAI binds a proof to its item's id.
  static chat::Text reasoning_id(chat::Text id) { return id.starts_with("rs_") ? id : chat::Text(); }

  void think(const Event& event) {
    if (open_ != Open::reasoning) open_item(Open::reasoning, "rs_", reasoning_id(event.id));
    if (event.text.empty()) return;
    if (text_.empty() && part_frame("response.reasoning_summary_part.added")) {
      frames_.raw("part", part({})).close();
    }
    text_ += event.text;
    if (part_frame("response.reasoning_summary_text.delta")) frames_.text("delta", event.text).close();
  }

  void close_summary() {
    if (part_frame("response.reasoning_summary_text.done")) frames_.text("text", text_).close();
    if (part_frame("response.reasoning_summary_part.done")) frames_.raw("part", part(text_)).close();
  }

  // The proof ends the thoughts before it. One that belongs to a text waits for the end of its message.
  void sign(const Event& event) {
    if (open_ == Open::message) {
      text_proof_.clear();
      append_opaque(event.signature, Origin::openai_responses, text_proof_, Seat::text);
    } else if (open_ == Open::reasoning) {
      append_opaque(event.signature, Origin::openai_responses, proof_);
      close_item("completed");
    } else {
      proof_item(event.id, event.signature, Seat::thinking);
    }
  }

  void sealed(const Event& event) {
    if (event.name != "compaction") return proof_item(event.id, event.signature, Seat::redacted);
    close_item("completed");
    frames_.compaction_item(event.id, event.signature.text);
  }

  // A reasoning item that holds nothing but a proof.
  void proof_item(chat::Text id, const chat::Signature& signature, Seat seat) {
    std::string proof;
    append_opaque(signature, Origin::openai_responses, proof, seat);
    proof_item(id, std::move(proof));
  }

  void proof_item(chat::Text id, std::string proof) {
    open_item(Open::reasoning, "rs_", reasoning_id(id));
    proof_ = std::move(proof);
    close_item("completed");
  }

  // ---- calls

  void tool_call(const Event& event) {
    if (!event.signature.text.empty()) carry(event.signature);
    close_item("completed");
    const chat::Tool* tool = stamp_.request ? find_tool(*stamp_.request, event.name) : nullptr;
    bool spaced = tool && !tool->space.empty(), custom = tool && tool->custom;
    call_.append("\"call_id\":\"").append(event.id).append("\",\"name\":\"");
    call_.append(spaced ? tool->member : event.name).append("\",");
    if (spaced) call_.append("\"namespace\":\"").append(tool->space).append("\",");
    if (custom) input_ = {};
    open_item(custom ? Open::custom : Open::function, custom ? "ctc_" : "fc_");
    arguments(event.arguments);
  }

  // A call has no slot for a proof: the reasoning item before it holds it.
  void carry(const chat::Signature& signature) {
    if (open_ == Open::reasoning) {
      append_opaque(signature, Origin::openai_responses, proof_, Seat::call);
    } else {
      proof_item({}, signature, Seat::call);
    }
  }

  void arguments(const chat::Arguments& piece) {
    if (open_ == Open::function && piece.encoded) return argument_delta(piece.text);
    std::string more;
    if (open_ == Open::function) json::escape(piece.text, more);
    if (open_ == Open::custom) input_.feed(piece, more);
    argument_delta(more);
  }

  void argument_delta(std::string_view text) {
    if (text.empty()) return;
    text_ += text;
    bool opened = frames_.open_about_item(open_ == Open::custom ? "response.custom_tool_call_input.delta"
                                                                : "response.function_call_arguments.delta");
    if (opened) frames_.text("delta", text).close();
  }

  void close_call(std::string_view status) {
    bool custom = open_ == Open::custom;
    std::string rest;
    if (custom) input_.end(rest);
    if (!custom && text_.empty() && status == "completed") rest = "{}";
    argument_delta(rest);
    bool opened = frames_.open_about_item(custom ? "response.custom_tool_call_input.done"
                                                 : "response.function_call_arguments.done");
    if (opened) frames_.text(custom ? "input" : "arguments", text_).close();
  }

  // ---- searches and images

  // Found while a message is open: the sources are its citations, and the call follows it.
  void search(const Event& event) {
    citations_.found(event.raw);
    std::string action = R"("action":{"type":"search","query":")";
    action.append(event.text).append("\"}");
    if (open_ == Open::message) {
      searches_.push_back(std::move(action));
    } else {
      close_item("completed");
      search_item(action);
    }
  }

  void search_item(std::string_view action) {
    frames_.whole_item("ws_", "web_search_call", action, action,
                       {"response.web_search_call.in_progress", "response.web_search_call.searching",
                        "response.web_search_call.completed"});
  }

  void image(const Event& event) {
    if (!event.media_type.starts_with("image/")) return;
    close_item("completed");
    std::string result = "\"result\":\"";
    result.append(event.text).append("\",\"output_format\":\"").append(event.media_type.substr(6)) += '"';
    frames_.whole_item(
        "ig_", "image_generation_call", "\"result\":null", result,
        {"response.image_generation_call.in_progress", "response.image_generation_call.generating",
         "response.image_generation_call.completed"});
  }

  Stamp stamp_;
  bool stream_;
  bool begun_, refused_ = false;
  int status_ = 200;
  chat::Usage usage_;
  Finish finish_ = Finish::stop;
  Frames frames_;

  // The open item. `text_` is its open part, escaped: text, summary, arguments or input.
  Open open_ = Open::nothing;
  Part part_ = Part::none;
  int64_t part_index_ = 0;
  std::string text_, parts_, annotations_, logprobs_, proof_, call_;
  CustomInput input_;

  Citations citations_;
  std::vector<std::string> searches_;  // to follow the open message
  std::string text_proof_;             // likewise
};

}  // namespace

std::unique_ptr<Encoder> make_stream_encoder(Stamp stamp) {
  return std::make_unique<AnswerEncoder>(std::move(stamp), true);
}
std::unique_ptr<Encoder> make_whole_encoder(Stamp stamp) {
  return std::make_unique<AnswerEncoder>(std::move(stamp), false);
}

}  // namespace protocol::openai_responses
