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
  to.cached = usage["prompt_tokens_details"]["cached_tokens"].to_int(usage["cached_tokens"].to_int());
  to.reasoning = usage["completion_tokens_details"]["reasoning_tokens"].to_int();
  return to;
}

// Qwen's throttling ends a well-formed answer whose text is the reason.
chat::Error throttled(Value reason) {
  chat::Error to;
  to.fault = chat::Fault::rate_limited;
  to.code = "rate_limit_exceeded";
  to.message = "The upstream ended its answer with an error: " + reason.str();
  to.retry = true;
  to.said_status = 429;
  to.said = R"({"error":{"code":"rate_limit_exceeded","message":")" + std::string(reason.inner()) + "\"}}";
  return to;
}

// Follows the text of a call's arguments, as far as is needed to tell whether they are whole.
class Brackets {
 public:
  void feed(std::string_view text) {
    for (char c : text) {
      if (escaped_) {
        escaped_ = false;
      } else if (quoted_) {
        escaped_ = c == '\\';
        quoted_ = c != '"';
      } else {
        quoted_ = c == '"';
        depth_ += (c == '{' || c == '[') - (c == '}' || c == ']');
        begun_ |= depth_ > 0;
      }
    }
  }
  bool whole() const { return begun_ && depth_ == 0 && !quoted_; }
  bool broken_off() const { return begun_ && !whole(); }

 private:
  int depth_ = 0;
  bool begun_ = false, quoted_ = false, escaped_ = false;
};

class StreamDecoder final : public Decoder {
 public:
  void begin(const chat::Request& request, const Target& target) override {
    one_answer_ = request.choices() == 1;
    if (request.tools.empty()) placeholder_ = target.placeholder_tool;
  }

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
    Value error = root["error"];
    // iFlow's failures are {"status":"434","msg":"..."} inside a 200.
    if (!root["choices"] && root["msg"].is_string() && root["status"]) error = root;
    if (error.has_value()) {
      over_ = true;
      sink.fail(said_error(error));
      return false;
    }
    for (auto [_, choice] : root["choices"].items()) {
      if (choice["finish_reason"].equals("error")) {
        fail(sink, "The upstream's model failed in the middle of its answer.", "upstream_error");
        return false;
      }
      if (!over_) read_choice(choice, sink);
    }
    if (Value usage = root["usage"]; usage.is_object()) usage_ = read_usage(usage);
    return !over_;
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
  struct Call {
    int64_t index;   // the upstream's, -1 = not said
    uint16_t ours;   // our running number
    bool dropped;    // of a tool that the client does not know
    std::string id;  // escaped
    Brackets arguments;
  };
  struct Choice {
    bool begun = false, finished = false;
    bool thinking = false;  // the last that was said is a thought
    chat::Finish reason = chat::Finish::stop;
    std::vector<Call> calls;
    uint16_t passed = 0;  // calls that are not dropped
  };

  void begin_choice(uint16_t index) {
    if (index >= choices_.size()) choices_.resize(index + 1u);
    choices_[index].begun = true;
  }

  // Copilot gives one answer as several choices, its words in the first and its calls in the next: where one
  // was asked for, they are one.
  uint16_t place_of(uint16_t index) const { return one_answer_ ? 0 : index; }

  void read_choice(Value value, chat::Sink& sink) {
    uint16_t theirs = uint16_t(value["index"].to_int());
    begin_choice(theirs);
    uint16_t index = place_of(theirs);
    Choice& choice = choices_[index];
    Value delta = value["delta"].is_object() ? value["delta"] : value["message"];
    Value reason = value["finish_reason"];
    if (reason.equals("error_finish")) {
      over_ = true;
      return sink.fail(throttled(delta["content"]));
    }
    auto text = [&](Event::Type type, Value from) {
      if (!from.is_string() || from.inner().empty()) return;
      choice.thinking = type == Event::Type::thinking;
      sink.event({.type = type, .choice = index, .text = from.inner()});
    };
    Value reasoning = delta["reasoning_content"];
    if (!reasoning.is_string()) reasoning = delta["reasoning"];
    if (!reasoning.is_string()) reasoning = delta["reasoning_text"];  // Copilot's
    text(Event::Type::thinking, reasoning);
    read_proof(delta["reasoning_opaque"], index, choice, sink);
    text(Event::Type::text, delta["content"]);
    text(Event::Type::refusal, delta["refusal"]);
    for (auto [_, call] : delta["tool_calls"].items()) read_call(call, index, choice, sink);
    if (Value logprobs = value["logprobs"]["content"]; logprobs.is_array() && logprobs.size()) {
      sink.event({.type = Event::Type::logprobs, .choice = index, .raw = logprobs.raw()});
    }
    if (reason.is_string()) {
      choices_[theirs].finished = true;
      if (chat::Finish why = finish_of(reason); why != chat::Finish::stop) choice.reason = why;
    }
  }

  // Copilot's encrypted thoughts: of the words before them, or by themselves.
  void read_proof(Value proof, uint16_t index, Choice& choice, chat::Sink& sink) {
    if (!proof.is_string() || proof.inner().empty()) return;
    sink.event({.type = choice.thinking ? Event::Type::signature : Event::Type::redacted_thinking,
                .choice = index,
                .signature = {proof.inner(), Origin::openai_chat}});
    choice.thinking = false;
  }

  // Which of the calls so far a piece belongs to; their number if it begins another. Some upstreams count
  // calls wrongly: an id says more than an index, one that is still open is meant rather than one that is
  // whole, and a piece with neither id nor index goes on with the last.
  static size_t call_at(const std::vector<Call>& calls, int64_t theirs, std::string_view id, bool named) {
    size_t latest = calls.size();
    for (size_t i = calls.size(); i-- > 0;) {
      bool by_index = id.empty() || calls[i].id.empty();
      if (by_index ? theirs < 0 || calls[i].index != theirs : calls[i].id != id) continue;
      if (!by_index || !calls[i].arguments.whole()) return i;
      if (latest == calls.size()) latest = i;
    }
    if (latest < calls.size()) return latest;
    bool goes_on = id.empty() && !named && !calls.empty();
    return calls.size() - (goes_on ? 1 : 0);
  }

  void read_call(Value call, uint16_t choice_index, Choice& choice, chat::Sink& sink) {
    int64_t theirs = call["index"].to_int(-1);
    Value function = call["function"], id = call["id"], name = function["name"];
    chat::Arguments arguments{function["arguments"].inner(), true};
    size_t at = call_at(choice.calls, theirs, id.inner(), !name.inner().empty());
    choice.thinking = false;
    bool begins = at == choice.calls.size();
    if (begins) {
      bool dropped = !placeholder_.empty() && name.equals(placeholder_);
      choice.calls.push_back({theirs, choice.passed, dropped, std::string(id.inner()), {}});
      choice.passed += !dropped;
    }
    Call& known = choice.calls[at];
    known.arguments.feed(function["arguments"].str());
    if (known.dropped || (!begins && arguments.text.empty())) return;
    Event event{.type = begins ? Event::Type::tool_call : Event::Type::tool_arguments,
                .choice = choice_index,
                .index = known.ours,
                .arguments = arguments};
    if (begins) {
      event.id = id.inner();
      event.name = name.inner();
    }
    if (Value signature = call["extra_content"]["google"]["thought_signature"];
        begins && signature.is_string()) {
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

  // Some endpoints say "stop" after tool calls, whole or broken off; clients run tools only on "tool_calls".
  static chat::Finish end_of(const Choice& choice) {
    using chat::Finish;
    if (choice.reason == Finish::tool_calls && choice.passed == 0) {
      return choice.calls.empty() ? Finish::tool_calls : Finish::stop;
    }
    if (choice.reason != Finish::stop || choice.passed == 0) return choice.reason;
    for (const Call& call : choice.calls) {
      if (!call.dropped && call.arguments.broken_off()) return Finish::length;
    }
    return Finish::tool_calls;
  }

  void finish(chat::Sink& sink) {
    if (!finished()) {
      return fail(sink, "The upstream ended its stream without a finish reason.", "upstream_incomplete");
    }
    over_ = true;
    for (size_t i = 0; i < choices_.size(); i++) {
      const Choice& choice = choices_[i];
      if (one_answer_ ? i > 0 : !choice.begun) continue;
      sink.event({.type = Event::Type::finish, .choice = uint16_t(i), .finish = end_of(choice)});
    }
    if (usage_.known) sink.usage(usage_);
    sink.end();
  }

  void fail(chat::Sink& sink, std::string_view message, std::string_view code) {
    over_ = true;
    sink.fail(chat::upstream_error(chat::Fault::upstream, message, code));
  }

  json::Document document_;
  std::vector<Choice> choices_;
  std::string placeholder_;  // a tool whose calls are dropped, or empty
  chat::Usage usage_;
  bool over_ = false;
  bool one_answer_ = false;  // no more than one was asked for
};

}  // namespace

std::unique_ptr<Decoder> make_decoder() { return std::make_unique<StreamDecoder>(); }

}  // namespace protocol::openai_chat
