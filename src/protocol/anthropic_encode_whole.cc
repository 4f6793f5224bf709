// Anthropic Messages: the answer as one object. The same blocks as in the stream.
#include "json/escape.h"
#include "protocol/anthropic_encoder.h"
#include "protocol/opaque.h"
#include "protocol/tool_arguments.h"

namespace protocol::anthropic {

namespace {

using chat::Event;

class WholeEncoder final : public AnswerEncoder {
 public:
  explicit WholeEncoder(const Stamp& stamp) : AnswerEncoder(stamp) {}

  std::string_view content_type() const override { return "application/json"; }
  int status() const override { return status_; }

  void end() override {
    close();
    out_.reserve(content_.size() + 512);
    out_.append(R"({"id":"msg_)").append(id_).append(R"(","type":"message","role":"assistant","model":")");
    out_.append(model_).append(R"(","content":[)").append(content_).append("],");
    append_ending();
    out_ += R"(,"container":null,"usage":)";
    append_usage(usage_, out_);
    out_ += '}';
  }

  void fail(const chat::Error& failure) override {
    status_ = http_status(failure);
    out_.clear();
    error(failure, {}, out_);
  }

 private:
  void begin_block() {
    if (!content_.empty()) content_ += ',';
  }
  void open(Open kind, std::string_view head) {
    begin_block();
    content_ += head;
    open_ = last_ = kind;
  }
  void close() override {
    if (open_ == Open::text) content_ += R"(","citations":null})";
    if (open_ == Open::thinking) sign({});
    if (open_ == Open::tool) {
      append_input();
      content_ += '}';
    }
    open_ = Open::nothing;
  }

  void text(chat::Text text) override {
    if (open_ != Open::text) {
      close();
      open(Open::text, R"({"type":"text","text":")");
    }
    content_ += text;
  }

  void thinking(chat::Text text) override {
    if (open_ != Open::thinking) {
      close();
      open(Open::thinking, R"({"type":"thinking","thinking":")");
    }
    content_ += text;
  }

  void sign(const chat::Signature& proof) {
    content_ += R"(","signature":")";
    append_opaque(proof, Origin::anthropic, content_);
    content_ += "\"}";
    open_ = Open::nothing;
  }

  void signature(const chat::Signature& proof) override {
    if (open_ == Open::thinking) return sign(proof);
    if (last_ == Open::text) redacted(proof);
  }

  void redacted(const chat::Signature& proof) override {
    close();
    begin_block();
    content_ += R"({"type":"redacted_thinking","data":")";
    append_opaque(proof, Origin::anthropic, content_);
    content_ += "\"}";
  }

  void tool_call(const Event& event) override {
    close();
    if (!event.signature.text.empty()) {
      thinking({});
      sign(event.signature);
    }
    open(Open::tool, R"({"type":"tool_use","id":")");
    content_.append(event.id).append(R"(","name":")").append(event.name);
    content_ += R"(","caller":{"type":"direct"},"input":)";
    input_.clear();
    append_arguments(event.arguments, input_);
  }

  void tool_input(const chat::Arguments& arguments) override { append_arguments(arguments, input_); }

  // An input is an object. One that was cut short at the limit of tokens, or that is no object, stands under
  // "input" as the text that it is: nothing is repaired.
  void append_input() {
    std::string plain = json::unescaped(input_);
    json::Document document;
    if (base::trim(plain).empty()) {
      content_ += "{}";
    } else if (document.parse(plain) == json::Error::none && document.root().is_object()) {
      content_ += plain;
    } else {
      content_.append(R"({"input":")").append(input_).append("\"}");
    }
  }

  void search(const Event& event) override {
    close();
    std::string id;
    append_search_id(id_, searches_++, id);
    begin_block();
    content_.append(R"({"type":"server_tool_use","id":")")
        .append(id)
        .append(R"(","name":"web_search","input":{"query":")");
    content_.append(event.text)
        .append(R"("},"caller":{"type":"direct"}},{"type":"web_search_tool_result","tool_use_id":")");
    content_.append(id).append(R"(","content":)");
    append_search_results(event.raw, content_);
    content_ += '}';
  }

  std::string content_, input_;
  int status_ = 200;
};

}  // namespace

std::unique_ptr<Encoder> make_whole_encoder(Stamp stamp) { return std::make_unique<WholeEncoder>(stamp); }

}  // namespace protocol::anthropic
