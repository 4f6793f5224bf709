// Gemini: the answer, as a stream of chunks (server-sent events, or one JSON array) or as one object.
#include <algorithm>

#include "base/text.h"
#include "protocol/gemini.h"
#include "protocol/gemini_parts.h"

namespace protocol::gemini {

namespace {

using chat::Event;
using Type = Event::Type;

constexpr size_t kGiant = 64 << 10;
constexpr std::string_view kChunk = R"({"candidates":[{"content":{"parts":[)";
constexpr std::string_view kRole = R"(],"role":"model"})";

class StreamEncoder final : public PartsEncoder {
 public:
  explicit StreamEncoder(const Stamp& stamp) : PartsEncoder(stamp), array_(stamp.array) {}

  std::string_view content_type() const override {
    return array_ ? "application/json" : "text/event-stream; charset=utf-8";
  }
  // Google's SDKs lose an event that begins with a comment: it must be an event of its own. Between the
  // elements of an array, white space means nothing.
  std::string_view keepalive() const override { return array_ ? "\n" : ": keepalive\n\n"; }

  void end() override {
    open_chunk();
    out_ += "{\"candidates\":[";
    ending_of(0);
    for (size_t i = 0; i < endings_.size(); i++) {
      if (i) out_ += ',';
      out_.append(R"({"content":{"parts":[{"text":""}],"role":"model"})");
      append_ending(uint16_t(i), out_);
      out_ += '}';
    }
    out_ += ']';
    append_usage(out_);
    out_.append(about_).append("}");
    close_chunk();
    if (array_) out_ += "]\n";
  }

  void fail(const chat::Error& failure) override {
    open_chunk();
    error(failure, {}, out_);
    close_chunk();
    if (array_) out_ += "]\n";
  }

 private:
  void put(const Event& part) override {
    // Doubling the buffer after a giant text would not fit into the memory.
    if (part.text.size() > kGiant) out_.reserve(out_.size() + part.text.size() + kGiant);
    ending_of(part.choice);
    open_chunk();
    out_ += kChunk;
    append_part(part, out_);
    out_.append(kRole).append(",\"index\":");
    base::append_int(out_, part.choice);
    out_.append("}]").append(about_).append("}");
    close_chunk();
  }

  void open_chunk() {
    out_ += !array_ ? "data: " : begun_ ? "," : "[";
    begun_ = true;
  }
  void close_chunk() { out_ += array_ ? "\n" : "\n\n"; }

  bool array_, begun_ = false;
};

class WholeEncoder final : public PartsEncoder {
 public:
  explicit WholeEncoder(const Stamp& stamp) : PartsEncoder(stamp) {}

  std::string_view content_type() const override { return "application/json"; }
  int status() const override { return status_; }

  void end() override {
    ending_of(0);
    choices_.resize(std::max(choices_.size(), endings_.size()));
    out_.reserve(512 + choices_[0].parts.size());
    out_ += "{\"candidates\":[";
    for (size_t i = 0; i < choices_.size(); i++) {
      close_text(choices_[i]);
      if (i) out_ += ',';
      out_.append(R"({"content":{"parts":[)").append(choices_[i].parts).append(kRole);
      append_ending(uint16_t(i), out_);
      out_ += '}';
    }
    out_ += ']';
    append_usage(out_);
    out_.append(about_).append("}");
  }

  void fail(const chat::Error& failure) override {
    status_ = chat::status_of(failure);
    out_.clear();
    error(failure, {}, out_);
  }

 private:
  enum class Open : uint8_t { none, text, thought };
  struct Choice {
    std::string parts;
    Open open = Open::none;  // the last part is a text that may go on: its closing quote is due
  };

  // Closes the text that may go on, with its signature if it has one.
  static void close_text(Choice& choice, const chat::Signature& proof = {}) {
    if (choice.open == Open::none) return;
    choice.parts += choice.open == Open::text ? "\"" : "\",\"thought\":true";
    append_proof(proof, choice.parts);
    choice.parts += '}';
    choice.open = Open::none;
  }

  void put(const Event& part) override {
    if (part.choice >= choices_.size()) choices_.resize(part.choice + 1u);
    Choice& choice = choices_[part.choice];
    Open kind = part.type == Type::text       ? Open::text
                : part.type == Type::thinking ? Open::thought
                                              : Open::none;
    bool goes_on = kind != Open::none && choice.open == kind;
    if (goes_on && part.signature.text.empty()) {
      choice.parts += part.text;
      return;
    }
    if (goes_on && part.text.empty()) return close_text(choice, part.signature);
    close_text(choice);
    if (!choice.parts.empty()) choice.parts += ',';
    bool opens = kind != Open::none && part.signature.text.empty();
    if (!opens) return append_part(part, choice.parts);
    choice.parts.append("{\"text\":\"").append(part.text);
    choice.open = kind;
  }

  std::vector<Choice> choices_;
  int status_ = 200;
};

}  // namespace

std::unique_ptr<Encoder> make_stream_encoder(Stamp stamp) { return std::make_unique<StreamEncoder>(stamp); }
std::unique_ptr<Encoder> make_whole_encoder(Stamp stamp) { return std::make_unique<WholeEncoder>(stamp); }

}  // namespace protocol::gemini
