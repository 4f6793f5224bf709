// Anthropic Messages: the answer as a stream. One block is open at a time (chat::InOrder sees to the order of
// the events), and message_start comes with the first of them.
//
// A thinking block's signature must come back from the client, so it is never empty: a thought without proof
// gets a wrapper around nothing. Gemini's proofs of calls and texts, for which this grammar has no place,
// travel in thinking blocks of their own; anthropic_read_content.cc takes them out again.
#include "json/escape.h"
#include "protocol/anthropic.h"
#include "protocol/opaque.h"

namespace protocol::anthropic {

namespace {

using chat::Event;
using Type = Event::Type;

constexpr size_t kGiant = 64 << 10;

class StreamEncoder final : public Encoder {
 public:
  explicit StreamEncoder(const Stamp& stamp) : id_(stamp.id), model_(stamp.model) {}

  std::string_view content_type() const override { return "text/event-stream; charset=utf-8"; }
  std::string_view keepalive() const override {
    return begun_ ? "event: ping\ndata: {\"type\":\"ping\"}\n\n" : ": keepalive\n\n";
  }

  void event(const Event& event) override {
    if (event.choice) return;
    switch (event.type) {
      case Type::text:
      case Type::refusal: return text(event.text);
      case Type::thinking: return thinking(event.text);
      case Type::signature: return signature(event.signature);
      case Type::redacted_thinking: return redacted(event.signature);
      case Type::tool_call: return tool_call(event);
      case Type::tool_arguments: return tool_input(event.arguments);
      case Type::tool_end: return close();
      case Type::search: return search(event);
      case Type::media: return media(event);
      case Type::logprobs: return;
      case Type::finish:
        finish_ = event.finish;
        stop_sequence_ = event.text;
        return;
    }
  }

  void usage(const chat::Usage& usage) override { usage_ = usage; }

  void end() override {
    if (finish_ == chat::Finish::error) return fail(unfinished());
    begin();
    close();
    frame("message_delta");
    out_ += R"(,"delta":{"stop_reason":")";
    out_ += stop_reason_of(finish_, !stop_sequence_.empty());
    out_ += R"(","stop_sequence":)";
    if (stop_sequence_.empty()) {
      out_ += "null";
    } else {
      out_.append("\"").append(stop_sequence_).append("\"");
    }
    out_ += R"(,"stop_details":null},"usage":)";
    append_usage(usage_, out_);
    end_frame();
    frame("message_stop");
    end_frame();
  }

  void fail(const chat::Error& failure) override {
    out_ += "event: error\ndata: ";
    error(failure, {}, out_);
    out_ += "\n\n";
  }

 private:
  enum class Open : uint8_t { nothing, text, thinking, tool };

  // ---- frames

  void frame(std::string_view type) {
    out_.append("event: ").append(type).append("\ndata: {\"type\":\"").append(type).append("\"");
  }
  void end_frame() { out_ += "}\n\n"; }

  void begin() {
    if (begun_) return;
    begun_ = true;
    frame("message_start");
    out_.append(R"(,"message":{"id":"msg_)").append(id_);
    out_.append(R"(","type":"message","role":"assistant","model":")").append(model_);
    out_ += R"(","content":[],"stop_reason":null,"stop_sequence":null,"stop_details":null,"usage":)";
    append_usage(usage_, out_);
    out_ += '}';
    end_frame();
  }

  void start_frame() {
    begin();
    frame("content_block_start");
    out_ += ",\"index\":";
    base::append_int(out_, index_);
    out_ += ",\"content_block\":{";
  }
  void open(Open kind, std::string_view block) {
    start_frame();
    out_.append(block).append("}");
    end_frame();
    open_ = last_ = kind;
  }
  void delta(std::string_view type, std::string_view member) {
    frame("content_block_delta");
    out_ += ",\"index\":";
    base::append_int(out_, index_);
    out_.append(R"(,"delta":{"type":")").append(type).append(R"(",")").append(member).append(R"(":")");
  }
  void end_delta() {
    out_ += "\"}";
    end_frame();
  }
  void stop() {
    frame("content_block_stop");
    out_ += ",\"index\":";
    base::append_int(out_, index_++);
    end_frame();
    open_ = Open::nothing;
  }
  void close() {
    if (open_ == Open::thinking) sign({});
    if (open_ != Open::nothing) stop();
  }

  // ---- blocks

  void text(chat::Text text) {
    if (open_ != Open::text) {
      close();
      open(Open::text, R"("type":"text","text":"","citations":null)");
    }
    if (text.empty()) return;
    // Doubling the buffer after a giant text would not fit into the memory.
    if (text.size() > kGiant) out_.reserve(out_.size() + text.size() + kGiant);
    delta("text_delta", "text");
    out_ += text;
    end_delta();
  }

  void thinking(chat::Text text) {
    if (open_ != Open::thinking) {
      close();
      open(Open::thinking, R"("type":"thinking","thinking":"","signature":"")");
    }
    if (text.empty()) return;
    delta("thinking_delta", "thinking");
    out_ += text;
    end_delta();
  }

  void sign(const chat::Signature& proof) {
    delta("signature_delta", "signature");
    append_opaque(proof, Origin::anthropic, out_);
    end_delta();
  }

  // The last word of a thinking block. After a text it is the text's.
  void signature(const chat::Signature& proof) {
    if (open_ != Open::thinking) return last_ == Open::text ? redacted(proof) : void();
    sign(proof);
    stop();
  }

  void redacted(const chat::Signature& proof) {
    close();
    start_frame();
    out_ += R"("type":"redacted_thinking","data":")";
    append_opaque(proof, Origin::anthropic, out_);
    out_ += "\"}";
    end_frame();
    stop();
  }

  void tool_call(const Event& event) {
    close();
    if (!event.signature.text.empty()) {
      thinking({});
      signature(event.signature);
    }
    start_frame();
    out_.append(R"("type":"tool_use","id":")").append(event.id).append(R"(","name":")").append(event.name);
    out_ += R"(","input":{},"caller":{"type":"direct"}})";
    end_frame();
    open_ = last_ = Open::tool;
    tool_input(event.arguments);
  }

  void tool_input(const chat::Arguments& arguments) {
    if (arguments.text.empty() || open_ != Open::tool) return;
    delta("input_json_delta", "partial_json");
    append_arguments(arguments, out_);
    end_delta();
  }

  // A block that the upstream's server ran, and the block of what it found.
  void search(const Event& event) {
    close();
    std::string id;
    append_search_id(id_, searches_++, id);
    start_frame();
    out_.append(R"("type":"server_tool_use","id":")").append(id);
    out_ += R"(","name":"web_search","input":{},"caller":{"type":"direct"}})";
    end_frame();
    delta("input_json_delta", "partial_json");
    json::escape("{\"query\":\"", out_);
    json::escape(event.text, out_);
    json::escape("\"}", out_);
    end_delta();
    stop();
    start_frame();
    out_.append(R"("type":"web_search_tool_result","tool_use_id":")").append(id).append(R"(","content":)");
    append_search_results(event.raw, out_);
    out_ += '}';
    end_frame();
    stop();
  }

  void media(const Event& event) {
    std::string image;
    append_image_text(event, image);
    text(image);
  }

  std::string id_, model_, stop_sequence_;
  chat::Usage usage_;
  chat::Finish finish_ = chat::Finish::stop;
  Open open_ = Open::nothing, last_ = Open::nothing;
  int64_t index_ = 0;
  size_t searches_ = 0;
  bool begun_ = false;
};

}  // namespace

std::unique_ptr<Encoder> make_stream_encoder(Stamp stamp) { return std::make_unique<StreamEncoder>(stamp); }

}  // namespace protocol::anthropic
