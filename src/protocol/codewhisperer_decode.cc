// CodeWhisperer: an upstream's event stream, as events. The name of an event is its ":event-type"; exceptions
// and error frames come as "exception/<type>" and "error/<code>".
#include <vector>

#include "json/escape.h"
#include "json/writer.h"
#include "protocol/codewhisperer.h"
#include "protocol/thinking_tags.h"

namespace protocol::codewhisperer {

namespace {

using chat::Event;
using chat::Finish;
using json::Value;

struct Reason {
  std::string_view word;
  Finish finish;
};
constexpr Reason kReasons[] = {
    {"END_TURN", Finish::stop},
    {"COMPLETE", Finish::stop},
    {"STOP_SEQUENCE", Finish::stop},
    {"TOOL_USE", Finish::tool_calls},
    {"MAX_TOKENS", Finish::length},
    {"LENGTH", Finish::length},
    {"MODEL_CONTEXT_WINDOW_EXCEEDED", Finish::length},
    {"CONTENT_FILTERED", Finish::content_filter},
    {"GUARDRAIL_INTERVENED", Finish::content_filter},
};

chat::Usage read_usage(Value usage) {
  chat::Usage to;
  to.known = true;
  to.cached = usage["cacheReadInputTokens"].to_int();
  to.cache_write = usage["cacheWriteInputTokens"].to_int();
  to.input = usage["uncachedInputTokens"].to_int() + to.cached + to.cache_write;
  to.output = usage["outputTokens"].to_int();
  to.total = to.input + to.output;
  return to;
}

class StreamDecoder final : public Decoder {
 public:
  void begin(const chat::Request& request, const Target& target) override {
    in_tags_ = thinks_in_tags(request, target);
    window_ = target.max_input;
  }

  bool event(std::string_view name, std::string_view data, chat::Sink& sink) override {
    if (over_) return false;
    for (std::string_view kind : {"exception/", "error/"}) {
      if (name.starts_with(kind)) return refuse(sink, name.substr(kind.size()), data), false;
    }
    if (data.empty()) return true;
    if (document_.parse(data) != json::Error::none) {
      fail(sink, "The upstream sent an event that is not valid JSON.", "upstream_invalid_json");
      return false;
    }
    Value body = document_.root();
    if (name.empty()) return read_whole(body, data, sink);
    if (name != "reasoningContentEvent") end_reasoning(sink);
    if (name == "assistantResponseEvent") {
      read_text(body["content"].inner(), sink);
    } else if (name == "toolUseEvent") {
      read_tool(body, sink);
    } else if (name == "reasoningContentEvent") {
      read_reasoning(body, sink);
    } else if (name == "metadataEvent") {
      read_metadata(body, sink);
    } else if (name == "contextUsageEvent") {
      complete_ = true;
      percentage_ = body["contextUsagePercentage"].raw();
    } else if (name == "meteringEvent") {
      complete_ = true;
    }
    return true;
  }

  void close(bool broken, chat::Sink& sink) override {
    if (over_) return;
    end_reasoning(sink);
    if (in_tags_) tags_.flush(sink);
    if (broken || (!complete_ && !said_something_)) {
      return fail(sink, "The upstream's stream ended before the answer was complete.", "upstream_incomplete");
    }
    finish(sink, has_open_call() || !complete_);
  }

 private:
  struct Call {
    std::string id;
    bool ended = false;
  };

  void read_text(chat::Text text, chat::Sink& sink) {
    if (text.empty()) return;
    said_something_ = true;
    written_ += text.size();
    if (in_tags_) return tags_.text(text, sink);
    sink.event({.type = Event::Type::text, .text = text});
  }

  void read_tool(Value body, chat::Sink& sink) {
    if (in_tags_) tags_.flush(sink);
    said_something_ = true;
    size_t index = call_of(body, sink);
    Value input = body["input"];
    if (!input.inner().empty() || input.is_object()) {
      written_ += input.raw().size();
      chat::Arguments piece =
          input.is_object() ? chat::Arguments{input.raw(), false} : chat::Arguments{input.inner(), true};
      sink.event({.type = Event::Type::tool_arguments, .index = uint16_t(index), .arguments = piece});
    }
    if (!body["stop"].is_true() || calls_[index].ended) return;
    calls_[index].ended = true;
    sink.event({.type = Event::Type::tool_end, .index = uint16_t(index)});
  }

  // The running number of the event's call, which begins if it is new.
  size_t call_of(Value body, chat::Sink& sink) {
    chat::Text id = body["toolUseId"].inner();
    for (size_t i = calls_.size(); i-- > 0;) {
      if (calls_[i].id == id) return i;
    }
    calls_.push_back({std::string(id)});
    size_t index = calls_.size() - 1;
    sink.event(
        {.type = Event::Type::tool_call, .index = uint16_t(index), .id = id, .name = body["name"].inner()});
    return index;
  }

  bool has_open_call() const {
    for (const Call& call : calls_) {
      if (!call.ended) return true;
    }
    return false;
  }

  // A signature may come in pieces; the block is whole when something else begins.
  void read_reasoning(Value body, chat::Sink& sink) {
    if (chat::Text text = body["text"].inner(); !text.empty()) {
      said_something_ = true;
      written_ += text.size();
      sink.event({.type = Event::Type::thinking, .text = text});
    }
    signature_ += body["signature"].inner();
    if (chat::Text blob = body["redactedContent"].inner(); !blob.empty()) {
      said_something_ = true;
      sink.event({.type = Event::Type::redacted_thinking, .signature = {blob, Origin::codewhisperer, {}}});
    }
  }

  void end_reasoning(chat::Sink& sink) {
    if (signature_.empty()) return;
    sink.event({.type = Event::Type::signature, .signature = {signature_, Origin::codewhisperer, {}}});
    signature_.clear();
  }

  void read_metadata(Value body, chat::Sink& sink) {
    if (Value reason = body["stopReason"]; reason.is_string()) {
      complete_ = true;
      reason_ = reason.str();
    }
    if (Value usage = body["tokenUsage"]; usage.is_object()) {
      complete_ = true;
      usage_ = read_usage(usage);
      sink.usage(usage_);
    }
  }

  // An error that came as one JSON document inside a 200.
  bool read_whole(Value body, std::string_view data, chat::Sink& sink) {
    std::string type = body["__type"].str();
    refuse(sink, type.substr(type.find('#') + 1), data);
    return false;
  }

  Finish finish_of(bool cut) const {
    if (cut) return Finish::length;
    Finish finish = Finish::stop;
    for (const Reason& known : kReasons) {
      if (reason_ == known.word) finish = known.finish;
    }
    if (!calls_.empty() && finish == Finish::stop) return Finish::tool_calls;
    if (reason_.empty() && window_ && base::number_to_int(percentage_).value_or(0) >= 100)
      return Finish::length;
    return finish;
  }

  void finish(chat::Sink& sink, bool cut) {
    over_ = true;
    sink.event({.type = Event::Type::finish, .finish = finish_of(cut)});
    if (!usage_.known) estimate_usage(sink);
    sink.end();
  }

  // Without counts: the percentage covers the whole context, the answer included. Bytes per token as in most
  // text.
  void estimate_usage(chat::Sink& sink) {
    constexpr size_t kBytesPerToken = 4;
    if (percentage_.empty() || !window_) return;
    int64_t total = share_of(window_, percentage_);
    usage_.known = true;
    usage_.output = int64_t(written_ / kBytesPerToken);
    usage_.input = total > usage_.output ? total - usage_.output : 0;
    usage_.total = usage_.input + usage_.output;
    sink.usage(usage_);
  }

  // `percentage` ("10.867") of `whole`, to a hundredth of a percent.
  static int64_t share_of(int64_t whole, std::string_view percentage) {
    int64_t integer = base::number_to_int(percentage).value_or(0);
    size_t dot = percentage.find('.');
    std::string_view fraction = dot == percentage.npos ? std::string_view() : percentage.substr(dot + 1, 2);
    int64_t hundredths = base::to_int(fraction).value_or(0) * (fraction.size() == 1 ? 10 : 1);
    return whole * (integer * 100 + hundredths) / 10'000;
  }

  // An error of the upstream's own, of `type` ("ThrottlingException", may be empty).
  void refuse(chat::Sink& sink, std::string_view type, std::string_view data) {
    over_ = true;
    if (type == "ContentLengthExceededException" && said_something_) return finish(sink, true);
    json::Document document;
    std::string message;
    if (document.parse(data) == json::Error::none) message = document.root()["message"].str();
    if (message.empty()) message = data.substr(0, 300);
    bool throttled = type.find("Throttling") != type.npos;
    chat::Error error =
        chat::upstream_error(throttled ? chat::Fault::rate_limited : chat::Fault::upstream,
                             "The upstream ended its answer with an error: " + message, "upstream_error");
    // The type is said beside the body here, and within it where an error has a status.
    json::Writer(error.said).begin_object().key("__type").string(type).key("message").string(message);
    json::Value reason = document.root()["reason"];
    if (reason) error.said.append(",\"reason\":").append(reason.raw());
    error.said += '}';
    error.said_status = 200;
    sink.fail(error);
  }

  void fail(chat::Sink& sink, std::string_view message, std::string_view code) {
    over_ = true;
    sink.fail(chat::upstream_error(chat::Fault::upstream, message, code));
  }

  json::Document document_;
  ThinkingTags tags_;
  std::vector<Call> calls_;
  std::string signature_, reason_;
  std::string percentage_;
  chat::Usage usage_;
  int64_t window_ = 0;
  size_t written_ = 0;  // bytes of the answer, for want of counts
  bool in_tags_ = false;
  bool complete_ = false;  // one of the events that close an answer was seen
  bool said_something_ = false;
  bool over_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_decoder() { return std::make_unique<StreamDecoder>(); }

}  // namespace protocol::codewhisperer
