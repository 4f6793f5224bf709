// OpenAI completions: the answer, as a stream of chunks or as one object. Both are
// {"choices":[{"text":...}]}.
#include <vector>

#include "json/writer.h"
#include "protocol/openai_chat.h"
#include "protocol/openai_completions.h"

namespace protocol::openai_completions {

namespace {

using chat::Event;
using json::Value;

// Log probabilities as they stand here: four parallel arrays.
struct Logprobs {
  std::string tokens, values, tops, offsets;  // their elements
  int64_t offset = 0;                         // of the next token in the text, in characters

  // `content`: as chat completions have them, [{"token","logprob","top_logprobs":[...]},...].
  void add(chat::Raw content) {
    json::Document document;
    if (document.parse(content) != json::Error::none) return;
    for (auto [_, said] : document.root().items()) {
      if (!tokens.empty()) {
        for (std::string* list : {&tokens, &values, &tops, &offsets}) *list += ',';
      }
      Value token = said["token"];
      json::Writer(tokens).text(token.inner());
      values += number(said["logprob"]);
      json::Writer top(tops);
      top.begin_object();
      for (const json::Item& each : said["top_logprobs"].items())
        top.escaped_key(each.value["token"].inner()).raw(number(each.value["logprob"]));
      top.end_object();
      base::append_int(offsets, offset);
      for (char c : token.str()) offset += (c & 0xC0) != 0x80;
    }
  }

  void append_to(std::string& out) const {
    if (tokens.empty()) {
      out += "null";
      return;
    }
    out.append("{\"tokens\":[").append(tokens).append("],\"token_logprobs\":[").append(values);
    out.append("],\"top_logprobs\":[").append(tops).append("],\"text_offset\":[").append(offsets) += "]}";
  }

 private:
  static std::string_view number(Value value) { return value.is(json::Kind::number) ? value.raw() : "null"; }
};

struct Choice {
  std::string text;  // escaped
  Logprobs logprobs;
  chat::Finish finish = chat::Finish::stop;
  bool begun = false, finished = false;
};

// Streams differ in that a choice is written as it grows, and in the frames around it.
class TextEncoder final : public Encoder {
 public:
  TextEncoder(const Stamp& stamp, bool stream)
      : stream_(stream),
        include_usage_(stamp.include_usage),
        opening_(openai_chat::opening(stamp, "cmpl-", "text_completion")) {
    if (stream) opening_.insert(0, "data: ");
    if (stamp.request && stamp.body["echo"].is_true()) echo_ = prompt_of(stamp.body);
  }

  std::string_view content_type() const override {
    return stream_ ? "text/event-stream; charset=utf-8" : "application/json";
  }
  std::string_view keepalive() const override { return stream_ ? ": keepalive\n\n" : ""; }
  int status() const override { return status_; }

  // Whatever is not text has no place here.
  void event(const Event& event) override {
    using Type = Event::Type;
    bool known = event.type == Type::text || event.type == Type::refusal || event.type == Type::logprobs ||
                 event.type == Type::finish;
    if (!known) return;
    if (event.choice >= choices_.size()) choices_.resize(event.choice + 1u);
    Choice& choice = choices_[event.choice];
    if (!choice.begun) choice.text = echo_;
    choice.begun = true;
    if (event.type == Type::logprobs) {
      choice.logprobs.add(event.raw);
    } else if (event.type == Type::finish) {
      choice.finish = event.finish;
      choice.finished = true;
    } else {
      choice.text += event.text;
    }
    if (!stream_) return;
    out_ += opening_;
    append_choice(event.choice, choice);
    out_ += include_usage_ ? "],\"usage\":null}\n\n" : "]}\n\n";
    choice.text.clear();
    int64_t offset = choice.logprobs.offset;
    choice.logprobs = {};
    choice.logprobs.offset = offset;
  }

  void usage(const chat::Usage& usage) override { usage_ = usage; }

  void end() override {
    if (!stream_ || include_usage_) {
      out_ += opening_;
      if (!stream_ && choices_.empty()) choices_.emplace_back().text = echo_;
      for (size_t i = 0; !stream_ && i < choices_.size(); i++) {
        if (i) out_ += ',';
        choices_[i].finished = true;
        append_choice(i, choices_[i]);
      }
      out_ += "],\"usage\":";
      openai_chat::append_usage(usage_, out_);
      out_ += stream_ ? "}\n\n" : "}";
    }
    if (stream_) out_ += "data: [DONE]\n\n";
  }

  void fail(const chat::Error& failure) override {
    status_ = chat::status_of(failure);
    if (stream_) out_ += "data: ";
    openai_chat::error(failure, {}, out_);
    if (stream_) out_ += "\n\ndata: [DONE]\n\n";
  }

 private:
  void append_choice(size_t index, const Choice& choice) {
    json::Writer w(out_);
    w.begin_object().key("text").text(choice.text).key("index").number(int64_t(index)).key("logprobs");
    choice.logprobs.append_to(w.comma().out());
    w.key("finish_reason");
    // A call that nobody asked for has no word here.
    auto finish = choice.finish == chat::Finish::tool_calls ? chat::Finish::stop : choice.finish;
    choice.finished ? w.text(openai_chat::word_of(finish)) : w.null();
    w.end_object();
  }

  bool stream_, include_usage_;
  int status_ = 200;
  std::string opening_, echo_;
  std::vector<Choice> choices_;
  chat::Usage usage_;
};

}  // namespace

std::unique_ptr<Encoder> make_stream_encoder(Stamp stamp) {
  return std::make_unique<TextEncoder>(stamp, true);
}
std::unique_ptr<Encoder> make_whole_encoder(Stamp stamp) {
  return std::make_unique<TextEncoder>(stamp, false);
}

}  // namespace protocol::openai_completions
