// Anthropic Messages: the answer as a stream. One block is open at a time (chat::InOrder sees to the order of
// the events), and message_start comes with the first of them.
//
// A thinking block's signature must come back from the client, so it is never empty: a thought without proof
// gets a wrapper around nothing. Gemini's proofs of calls and texts, for which this grammar has no place,
// travel in thinking blocks of their own; anthropic_read_content.cc takes them out again.
#include "json/escape.h"
#include "protocol/anthropic_encoder.h"
#include "protocol/opaque.h"
#include "protocol/tool_arguments.h"

namespace protocol::anthropic {

namespace {

using chat::Event;

constexpr size_t kGiant = 64 << 10;

class StreamEncoder final : public AnswerEncoder {
 public:
  explicit StreamEncoder(const Stamp& stamp) : AnswerEncoder(stamp) {}

  std::string_view content_type() const override { return "text/event-stream; charset=utf-8"; }
  std::string_view keepalive() const override {
    return begun_ ? "event: ping\ndata: {\"type\":\"ping\"}\n\n" : ": keepalive\n\n";
  }

  void end() override {
    begin();
    close();
    frame("message_delta");
    out_ += R"(,"delta":{)";
    append_ending();
    out_ += R"(},"usage":)";
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
  void close() override {
    if (open_ == Open::thinking) sign({});
    if (open_ != Open::nothing) stop();
  }

  // ---- blocks

  void text(chat::Text text) override {
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

  void thinking(chat::Text text) override {
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
  void signature(const chat::Signature& proof) override {
    if (open_ != Open::thinking) return last_ == Open::text ? redacted(proof) : void();
    sign(proof);
    stop();
  }

  void redacted(const chat::Signature& proof) override {
    close();
    start_frame();
    out_ += R"("type":"redacted_thinking","data":")";
    append_opaque(proof, Origin::anthropic, out_);
    out_ += "\"}";
    end_frame();
    stop();
  }

  void tool_call(const Event& event) override {
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

  void tool_input(const chat::Arguments& arguments) override {
    if (arguments.text.empty() || open_ != Open::tool) return;
    delta("input_json_delta", "partial_json");
    append_arguments(arguments, out_);
    end_delta();
  }

  // A block that the upstream's server ran, and the block of what it found.
  void search(const Event& event) override {
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

  int64_t index_ = 0;
  bool begun_ = false;
};

}  // namespace

std::unique_ptr<Encoder> make_stream_encoder(Stamp stamp) { return std::make_unique<StreamEncoder>(stamp); }

}  // namespace protocol::anthropic
