// OpenAI chat completions: an upstream's stream, as events. Whole answers ("message" in place of "delta") are
// understood too, because some endpoints ignore "stream": true.
#include <vector>

#include "protocol/openai_chat.h"
#include "protocol/said_error.h"

namespace protocol::openai_chat {

namespace {

using chat::Event;
using json::Value;

chat::Finish finish_of(Value reason) {
  if (reason.equals("length")) return chat::Finish::length;
  if (reason.equals("tool_calls") || reason.equals("function_call")) return chat::Finish::tool_calls;
  if (reason.equals("content_filter")) return chat::Finish::content_filter;
  return chat::Finish::stop;
}

chat::Usage read_usage(Value usage) {
  chat::Usage to;
  to.known = true;
  to.input = usage["prompt_tokens"].to_int();
  to.output = usage["completion_tokens"].to_int();
  to.total = usage["total_tokens"].to_int();
  to.cached = usage["prompt_tokens_details"]["cached_tokens"].to_int();
  to.reasoning = usage["completion_tokens_details"]["reasoning_tokens"].to_int();
  return to;
}

class StreamDecoder final : public Decoder {
 public:
  bool event(std::string_view, std::string_view data, chat::Sink& sink) override {
    if (over_) return false;
    if (data == "[DONE]") {
      finish(sink);
      return false;
    }
    if (document_.parse(data) != json::Error::none) {
      fail(sink, "The upstream sent an event that is not valid JSON.", "upstream_invalid_json");
      return false;
    }
    Value root = document_.root();
    if (Value error = root["error"]; error.has_value()) {
      over_ = true;
      sink.fail(said_error(error));
      return false;
    }
    for (auto [_, choice] : root["choices"].items()) read_choice(choice, sink);
    if (Value usage = root["usage"]; usage.is_object()) usage_ = read_usage(usage);
    return true;
  }

  void close(bool broken, chat::Sink& sink) override {
    if (over_) return;
    if (finished()) return finish(sink);
    fail(sink,
         broken ? "The connection to the upstream broke before the answer was complete."
                : "The upstream closed its stream before the answer was complete.",
         "upstream_incomplete");
  }

 private:
  struct Choice {
    bool begun = false, finished = false;
    chat::Finish reason = chat::Finish::stop;
    std::vector<int64_t> calls;  // the upstream's index of each call, by our running number
  };

  Choice& choice_of(uint16_t index) {
    if (index >= choices_.size()) choices_.resize(index + 1u);
    choices_[index].begun = true;
    return choices_[index];
  }

  void read_choice(Value value, chat::Sink& sink) {
    uint16_t index = uint16_t(value["index"].to_int());
    Choice& choice = choice_of(index);
    Value delta = value["delta"].is_object() ? value["delta"] : value["message"];
    auto text = [&](Event::Type type, Value from) {
      if (from.is_string() && !from.inner().empty())
        sink.event({.type = type, .choice = index, .text = from.inner()});
    };
    Value reasoning = delta["reasoning_content"];
    if (!reasoning.is_string()) reasoning = delta["reasoning"];
    if (!reasoning.is_string()) reasoning = delta["reasoning_text"];  // Copilot's
    text(Event::Type::thinking, reasoning);
    text(Event::Type::text, delta["content"]);
    text(Event::Type::refusal, delta["refusal"]);
    for (auto [_, call] : delta["tool_calls"].items()) read_call(call, index, choice, sink);
    if (Value logprobs = value["logprobs"]["content"]; logprobs.is_array() && logprobs.size()) {
      sink.event({.type = Event::Type::logprobs, .choice = index, .raw = logprobs.raw()});
    }
    if (Value reason = value["finish_reason"]; reason.is_string()) {
      choice.finished = true;
      choice.reason = finish_of(reason);
    }
  }

  void read_call(Value call, uint16_t choice_index, Choice& choice, chat::Sink& sink) {
    int64_t theirs = call["index"].to_int(-1);
    Value function = call["function"], id = call["id"];
    chat::Arguments arguments{function["arguments"].inner(), true};
    size_t ours = choice.calls.size();
    for (size_t i = choice.calls.size(); i-- > 0;) {
      if (choice.calls[i] == theirs && theirs >= 0) ours = i;
    }
    if (ours < choice.calls.size()) {
      if (arguments.text.empty()) return;
      sink.event({.type = Event::Type::tool_arguments,
                  .choice = choice_index,
                  .index = uint16_t(ours),
                  .arguments = arguments});
      return;
    }
    choice.calls.push_back(theirs);
    Event event{.type = Event::Type::tool_call,
                .choice = choice_index,
                .index = uint16_t(ours),
                .id = id.inner(),
                .name = function["name"].inner(),
                .arguments = arguments};
    if (Value signature = call["extra_content"]["google"]["thought_signature"]; signature.is_string()) {
      event.signature = {signature.inner(), Origin::gemini};
    }
    sink.event(event);
  }

  // All choices that began have ended, and at least one did.
  bool finished() const {
    bool any = false;
    for (const Choice& choice : choices_) {
      if (choice.begun && !choice.finished) return false;
      any |= choice.begun;
    }
    return any;
  }

  void finish(chat::Sink& sink) {
    if (!finished()) {
      return fail(sink, "The upstream ended its stream without a finish reason.", "upstream_incomplete");
    }
    over_ = true;
    for (size_t i = 0; i < choices_.size(); i++) {
      const Choice& choice = choices_[i];
      if (!choice.begun) continue;
      // Some endpoints say "stop" after tool calls; clients run tools only on "tool_calls".
      bool calls = !choice.calls.empty() && choice.reason == chat::Finish::stop;
      sink.event({.type = Event::Type::finish,
                  .choice = uint16_t(i),
                  .finish = calls ? chat::Finish::tool_calls : choice.reason});
    }
    if (usage_.known) sink.usage(usage_);
    sink.end();
  }

  void fail(chat::Sink& sink, std::string_view message, std::string_view code) {
    over_ = true;
    chat::Error error;
    error.fault = chat::Fault::upstream;
    error.message = message;
    error.code = code;
    error.retry = true;
    sink.fail(error);
  }

  json::Document document_;
  std::vector<Choice> choices_;
  chat::Usage usage_;
  bool over_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_decoder() { return std::make_unique<StreamDecoder>(); }

}  // namespace protocol::openai_chat
