// OpenAI chat completions: the answer as one object.
#include <vector>

#include "protocol/custom_tool.h"
#include "protocol/openai_chat.h"
#include "protocol/openai_chat_encoder.h"
#include "protocol/openai_chat_legacy.h"
#include "protocol/tool_arguments.h"

namespace protocol::openai_chat {

namespace {

using chat::Event;

class WholeEncoder final : public Encoder {
 public:
  explicit WholeEncoder(const Stamp& stamp)
      : opening_(opening(stamp, "chatcmpl-", "chat.completion")),
        request_(stamp.request),
        old_words_(legacy::wants_old_words(stamp)) {}

  std::string_view content_type() const override { return "application/json"; }
  int status() const override { return status_; }

  void event(const Event& event) override {
    Choice& choice = choice_of(event.choice);
    switch (event.type) {
      case Event::Type::text: append(choice.content, event.text); break;
      case Event::Type::thinking: choice.reasoning += event.text; break;
      case Event::Type::refusal: choice.refusal += event.text; break;
      case Event::Type::signature:
      case Event::Type::redacted_thinking:
        choice.signature = event.signature.text;
        choice.origin = event.signature.origin;
        break;
      case Event::Type::tool_call: tool_call(choice, event); break;
      case Event::Type::tool_arguments:
        if (event.index < choice.calls.size()) choice.calls[event.index].take(event.arguments);
        break;
      case Event::Type::media:
        if (choice.image_count) choice.images += ',';
        append_image(event, choice.image_count++, choice.images);
        break;
      case Event::Type::logprobs: logprobs(choice, event.raw); break;
      case Event::Type::finish: choice.finish = event.finish; break;
      default: break;
    }
  }

  void usage(const chat::Usage& usage) override { usage_ = usage; }

  void end() override {
    // With room for the HTTP head; a giant answer must not exist more often than it has to.
    out_.reserve(opening_.size() + 2048 + (choices_.empty() ? 0 : choices_[0].content.size()));
    out_ += opening_;
    if (choices_.empty()) choices_.emplace_back();
    for (size_t i = 0; i < choices_.size(); i++) {
      append_choice(i, choices_[i]);
      choices_[i] = {};
    }
    out_ += "],\"usage\":";
    append_usage(usage_, out_);
    out_ += '}';
  }

  void fail(const chat::Error& failure) override {
    status_ = chat::status_of(failure);
    out_.clear();
    error(failure, {}, out_);
  }

 private:
  struct Call {
    std::string name;
    std::string head;       // up to the arguments' opening quote
    std::string arguments;  // escaped; of a custom tool: its input
    std::string tail;
    bool custom = false;
    CustomInput input{};

    void take(const chat::Arguments& piece) {
      custom ? input.feed(piece, arguments) : append_arguments(piece, arguments);
    }
  };
  struct Choice {
    std::string content, reasoning, refusal, images, logprobs, signature;
    Origin origin = Origin::none;  // of the signature
    size_t image_count = 0;
    std::vector<Call> calls;
    chat::Finish finish = chat::Finish::stop;
  };

  // A string that grows doubles, and then needs three times its size: too much of a giant one.
  static void append(std::string& to, std::string_view more) {
    size_t size = to.size() + more.size();
    if (size > to.capacity() && size > kGiant) to.reserve(size + size / 4);
    to += more;
  }

  Choice& choice_of(uint16_t index) {
    if (index >= choices_.size()) choices_.resize(index + 1u);
    return choices_[index];
  }

  void tool_call(Choice& choice, const Event& event) {
    Call& call = choice.calls.emplace_back();
    call.name = event.name;
    call.custom = calls_custom_tool(event, request_);
    call.head = "{";
    append_call_head(event, call.custom, call.head);
    call.take(event.arguments);
    call.tail = "\"}";
    append_signature(event.signature, call.tail);
    call.tail += '}';
  }

  // Arrays of one answer are joined: "[a]" and "[b]" become "a,b".
  static void logprobs(Choice& choice, chat::Raw array) {
    std::string_view elements = array.substr(1, array.size() - 2);
    if (elements.empty()) return;
    if (!choice.logprobs.empty()) choice.logprobs += ',';
    choice.logprobs += elements;
  }

  void append_choice(size_t index, Choice& choice) {
    if (index) out_ += ',';
    out_ += "{\"index\":";
    base::append_int(out_, int64_t(index));
    out_ += R"(,"message":{"role":"assistant","content":)";
    bool silent = choice.content.empty() && (!choice.calls.empty() || !choice.refusal.empty());
    quoted_or_null(choice.content, silent);
    out_ += ",\"refusal\":";
    quoted_or_null(choice.refusal, choice.refusal.empty());
    if (!choice.reasoning.empty()) {
      out_ += ",\"reasoning_content\":";
      quoted_or_null(choice.reasoning, false);
    }
    if (!choice.images.empty()) out_.append(",\"images\":[").append(choice.images).append("]");
    append_signature({choice.signature, choice.origin, {}}, out_);
    append_calls(choice.calls);
    out_ += "},\"logprobs\":";
    if (choice.logprobs.empty()) {
      out_ += "null";
    } else {
      out_.append("{\"content\":[").append(choice.logprobs).append("],\"refusal\":null}");
    }
    out_.append(",\"finish_reason\":\"").append(finish_word(choice.finish, old_words_)).append("\"}");
  }

  void append_calls(std::vector<Call>& calls) {
    if (calls.empty()) return;
    if (old_words_) {
      out_.append(R"(,"function_call":{"name":")").append(calls[0].name).append(R"(","arguments":")");
      out_ += calls[0].arguments.empty() ? "{}" : std::string_view(calls[0].arguments);
      out_ += "\"}";
      return;
    }
    out_ += ",\"tool_calls\":[";
    for (size_t i = 0; i < calls.size(); i++) {
      if (i) out_ += ',';
      if (calls[i].custom) calls[i].input.end(calls[i].arguments);
      out_ += calls[i].head;
      bool none = calls[i].arguments.empty() && !calls[i].custom;
      out_ += none ? "{}" : std::string_view(calls[i].arguments);
      out_ += calls[i].tail;
    }
    out_ += ']';
  }

  void quoted_or_null(std::string_view text, bool null) {
    if (null) {
      out_ += "null";
      return;
    }
    out_ += '"';
    out_ += text;
    out_ += '"';
  }

  std::string opening_;
  std::vector<Choice> choices_;
  const chat::Request* request_;
  bool old_words_;
  chat::Usage usage_;
  int status_ = 200;
};

}  // namespace

std::unique_ptr<Encoder> make_whole_encoder(Stamp stamp) { return std::make_unique<WholeEncoder>(stamp); }

}  // namespace protocol::openai_chat
