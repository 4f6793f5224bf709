// OpenAI chat completions: the answer, as a stream of chunks.
#include <vector>

#include "json/writer.h"
#include "protocol/custom_tool.h"
#include "protocol/openai_chat.h"
#include "protocol/openai_chat_encoder.h"
#include "protocol/openai_chat_legacy.h"
#include "protocol/tool_arguments.h"

namespace protocol::openai_chat {

void append_call_head(const chat::Event& event, bool custom, std::string& out) {
  out.append(R"("id":")").append(event.id).append(R"(","type":")");
  out += custom ? R"(custom","custom":{"name":")" : R"(function","function":{"name":")";
  out.append(event.name).append(custom ? R"(","input":")" : R"(","arguments":")");
}

bool calls_custom_tool(const chat::Event& event, const chat::Request* request) {
  const chat::Tool* tool = request ? find_tool(*request, event.name) : nullptr;
  return tool && tool->custom;
}

void append_signature(const chat::Signature& signature, std::string& out) {
  if (signature.text.empty()) return;
  if (signature.origin == Origin::openai_chat) {
    out.append(R"(,"reasoning_opaque":")").append(signature.text).append("\"");
  }
  if (signature.origin != Origin::gemini) return;
  out += R"(,"extra_content":{"google":{"thought_signature":")";
  out += signature.text;
  out += "\"}}";
}

void append_image(const chat::Event& event, size_t index, std::string& out) {
  out += R"({"type":"image_url","index":)";
  base::append_int(out, int64_t(index));
  out += R"(,"image_url":{"url":"data:)";
  out.append(event.media_type).append(";base64,").append(event.text);
  out += "\"}}";
}

std::string_view finish_word(chat::Finish finish, bool old_words) {
  return old_words && finish == chat::Finish::tool_calls ? "function_call" : word_of(finish);
}

namespace {

using chat::Event;

// Chat completions have no word for these.
bool has_place(const Event& event) {
  if (event.type == Event::Type::redacted_thinking) return event.signature.origin == Origin::openai_chat;
  return event.type != Event::Type::tool_end && event.type != Event::Type::search;
}

class StreamEncoder final : public Encoder {
 public:
  explicit StreamEncoder(const Stamp& stamp)
      : opening_("data: " + opening(stamp, "chatcmpl-", "chat.completion.chunk")),
        closing_(stamp.include_usage ? "],\"usage\":null}\n\n" : "]}\n\n"),
        request_(stamp.request),
        include_usage_(stamp.include_usage),
        old_words_(legacy::wants_old_words(stamp)) {}

  std::string_view content_type() const override { return "text/event-stream; charset=utf-8"; }
  std::string_view keepalive() const override { return ": keepalive\n\n"; }

  void event(const Event& event) override {
    if (event.type == Event::Type::finish) return finish(event);
    if (!has_place(event)) return;
    begin_delta(event);
    switch (event.type) {
      case Event::Type::text: text("content", event.text); break;
      case Event::Type::thinking: text("reasoning_content", event.text); break;
      case Event::Type::refusal: text("refusal", event.text); break;
      case Event::Type::tool_call: tool_call(event); break;
      case Event::Type::tool_arguments: tool_arguments(event); break;
      case Event::Type::media:
        out_ += "\"images\":[";
        append_image(event, images_++, out_);
        out_ += ']';
        break;
      case Event::Type::signature:
      case Event::Type::redacted_thinking:
        out_ += "\"content\":\"\"";
        append_signature(event.signature, out_);
        break;
      default: break;
    }
    out_ += '}';
    if (event.type == Event::Type::logprobs)
      out_.append(R"(,"logprobs":{"content":)").append(event.raw).append("}");
    out_ += ",\"finish_reason\":null}";
    out_ += closing_;
  }

  void usage(const chat::Usage& usage) override { usage_ = usage; }

  void end() override {
    if (include_usage_) {
      out_ += opening_;
      out_ += "],\"usage\":";
      append_usage(usage_, out_);
      out_ += "}\n\n";
    }
    out_ += "data: [DONE]\n\n";
  }

  void fail(const chat::Error& failure) override {
    out_ += "data: ";
    error(failure, {}, out_);
    out_ += "\n\ndata: [DONE]\n\n";
  }

 private:
  void begin_choice(uint16_t choice) {
    out_ += opening_;
    out_ += "{\"index\":";
    base::append_int(out_, choice);
    out_ += ",\"delta\":{";
  }

  // The role comes with a choice's first delta.
  void begin_delta(const Event& event) {
    begin_choice(event.choice);
    if (event.choice < begun_.size() && begun_[event.choice]) return;
    begun_.resize(std::max<size_t>(begun_.size(), event.choice + 1u));
    begun_[event.choice] = true;
    out_ += "\"role\":\"assistant\"";
    bool content = event.type == Event::Type::text || event.type == Event::Type::signature ||
                   event.type == Event::Type::redacted_thinking;
    if (!content) out_ += ",\"content\":null";
    if (event.type != Event::Type::logprobs) out_ += ',';
  }

  void text(std::string_view member, chat::Text text) {
    // Doubling the buffer after a giant text would not fit into the memory.
    if (text.size() > kGiant) out_.reserve(out_.size() + text.size() + kGiant);
    out_ += '"';
    out_.append(member).append("\":\"").append(text);
    out_ += '"';
  }

  void open_call(uint16_t index) {
    out_ += "\"tool_calls\":[{\"index\":";
    base::append_int(out_, index);
    out_ += ',';
  }

  void tool_call(const Event& event) {
    if (old_words_) {
      out_.append(R"("function_call":{"name":")").append(event.name).append(R"(","arguments":")");
      append_arguments(event.arguments, out_);
      out_ += "\"}";
      return;
    }
    open_call(event.index);
    bool custom = calls_custom_tool(event, request_);
    append_call_head(event, custom, out_);
    if (custom) {
      custom_calls_.push_back({event.choice, event.index, {}});
      custom_calls_.back().input.feed(event.arguments, out_);
    } else {
      append_arguments(event.arguments, out_);
    }
    out_ += "\"}";
    append_signature(event.signature, out_);
    out_ += "}]";
  }

  void tool_arguments(const Event& event) {
    if (old_words_) {
      out_ += "\"function_call\":{\"arguments\":\"";
      append_arguments(event.arguments, out_);
      out_ += "\"}";
      return;
    }
    if (CustomCall* call = custom_call(event)) {
      std::string input;
      call->input.feed(event.arguments, input);
      return custom_input(event.index, input);
    }
    open_call(event.index);
    out_ += "\"function\":{\"arguments\":\"";
    append_arguments(event.arguments, out_);
    out_ += "\"}}]";
  }

  // ---- calls of custom tools

  struct CustomCall {
    uint16_t choice, index;
    CustomInput input;
  };

  CustomCall* custom_call(const Event& event) {
    for (CustomCall& call : custom_calls_) {
      if (call.choice == event.choice && call.index == event.index) return &call;
    }
    return nullptr;
  }

  void custom_input(uint16_t index, std::string_view text) {
    open_call(index);
    out_.append("\"custom\":{\"input\":\"").append(text).append("\"}}]");
  }

  void end_custom_calls(uint16_t choice) {
    for (CustomCall& call : custom_calls_) {
      std::string rest;
      if (call.choice == choice) call.input.end(rest);
      if (rest.empty()) continue;
      begin_choice(choice);
      custom_input(call.index, rest);
      out_.append("},\"finish_reason\":null}").append(closing_);
    }
  }

  void finish(const Event& event) {
    end_custom_calls(event.choice);
    if (event.choice < begun_.size() && begun_[event.choice]) {
      begin_choice(event.choice);
    } else {
      begin_delta({.type = Event::Type::text, .choice = event.choice});
      out_ += "\"content\":\"\"";
    }
    out_.append("},\"finish_reason\":\"").append(finish_word(event.finish, old_words_)).append("\"}");
    out_ += closing_;
  }

  std::string opening_, closing_;
  const chat::Request* request_;
  bool include_usage_, old_words_;
  chat::Usage usage_;
  std::vector<bool> begun_;
  std::vector<CustomCall> custom_calls_;
  size_t images_ = 0;
};

}  // namespace

void append_usage(const chat::Usage& usage, std::string& out) {
  json::Writer w(out);
  w.begin_object();
  w.key("prompt_tokens").number(usage.input);
  w.key("completion_tokens").number(usage.output);
  w.key("total_tokens").number(usage.total ? usage.total : usage.input + usage.output);
  w.key("prompt_tokens_details").begin_object().key("cached_tokens").number(usage.cached).end_object();
  w.key("completion_tokens_details")
      .begin_object()
      .key("reasoning_tokens")
      .number(usage.reasoning)
      .end_object();
  w.end_object();
}

std::string opening(const Stamp& stamp, std::string_view prefix, std::string_view object) {
  std::string out = R"({"id":")";
  out.append(prefix).append(stamp.id).append(R"(","object":")").append(object).append(R"(","created":)");
  base::append_int(out, stamp.created);
  out.append(R"(,"model":")").append(stamp.model).append(R"(","choices":[)");
  return out;
}

std::string_view word_of(chat::Finish finish) {
  switch (finish) {
    case chat::Finish::stop: return "stop";
    case chat::Finish::length: return "length";
    case chat::Finish::tool_calls: return "tool_calls";
    case chat::Finish::content_filter: return "content_filter";
    case chat::Finish::refusal: return "content_filter";
  }
  return "stop";
}

std::unique_ptr<Encoder> make_stream_encoder(Stamp stamp) { return std::make_unique<StreamEncoder>(stamp); }

}  // namespace protocol::openai_chat
