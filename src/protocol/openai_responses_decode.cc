// OpenAI Responses: an upstream's stream, as events. Whole response objects are understood too, because some
// endpoints ignore "stream": true.
#include <map>

#include "protocol/custom_tool.h"
#include "protocol/openai_responses.h"
#include "protocol/said_error.h"

namespace protocol::openai_responses {

namespace {

using chat::Event;
using chat::Finish;
using json::Value;
using Type = Event::Type;

chat::Usage read_usage(Value usage) {
  chat::Usage to;
  to.known = true;
  to.input = usage["input_tokens"].to_int();
  to.output = usage["output_tokens"].to_int();
  to.total = usage["total_tokens"].to_int();
  to.cached = usage["input_tokens_details"]["cached_tokens"].to_int();
  to.cache_write = usage["input_tokens_details"]["cache_write_tokens"].to_int();
  to.reasoning = usage["output_tokens_details"]["reasoning_tokens"].to_int();
  return to;
}

// Adds what the shape of chat completions has and this one leaves out.
void write_token(json::Writer& w, Value token, bool with_top) {
  w.begin_object().key("token").text(token["token"].inner());
  w.key("logprob").raw(token["logprob"] ? token["logprob"].raw() : "0");
  w.key("bytes").raw(token["bytes"] ? token["bytes"].raw() : "null");
  if (with_top) {
    w.key("top_logprobs").begin_array();
    for (auto [_, top] : token["top_logprobs"].items()) write_token(w, top, false);
    w.end_array();
  }
  w.end_object();
}

// [{"url","title"}, ...] of what a search found.
std::string sources_of(Value action) {
  std::string out;
  json::Writer w(out);
  w.begin_array();
  for (auto [_, source] : action["sources"].items()) {
    if (!source["url"].is_string()) continue;
    w.begin_object().key("url").text(source["url"].inner());
    w.key("title").text(source["title"].inner()).end_object();
  }
  w.end_array();
  return out;
}

class StreamDecoder final : public Decoder {
 public:
  void begin(const chat::Request&, const Target& target) override { seals_ = target.sealed_arguments; }

  bool event(std::string_view name, std::string_view data, chat::Sink& sink) override {
    if (over_) return false;
    if (data == "[DONE]") return true;
    if (document_.parse(data) != json::Error::none) {
      fail(sink, "The upstream sent an event that is not valid JSON.", "upstream_invalid_json");
      return false;
    }
    Value root = document_.root();
    if (root["object"].equals("response")) {
      read_whole(root, sink);
      return false;
    }
    std::string kind = root["type"].is_string() ? root["type"].str() : std::string(name);
    if (kind == "error" || (kind.empty() && root["error"].has_value())) {
      stop(sink, root["error"].is_object() ? root["error"] : root);
      return false;
    }
    read_event(kind, root, sink);
    return !over_;
  }

  void close(bool broken, chat::Sink& sink) override {
    if (over_) return;
    fail(sink,
         broken ? "The connection to the upstream broke before the answer was complete."
                : "The upstream closed its stream before the answer was complete.",
         "upstream_incomplete");
  }

 private:
  void read_event(std::string_view type, Value event, chat::Sink& sink) {
    static constexpr struct {
      std::string_view type;
      void (StreamDecoder::*read)(Value, chat::Sink&);
    } kKnown[] = {
        {"response.output_text.delta", &StreamDecoder::text_delta},
        {"response.function_call_arguments.delta", &StreamDecoder::arguments_delta},
        {"response.custom_tool_call_input.delta", &StreamDecoder::arguments_delta},
        {"response.reasoning_summary_text.delta", &StreamDecoder::summary_delta},
        {"response.reasoning_text.delta", &StreamDecoder::thought_delta},
        {"response.refusal.delta", &StreamDecoder::refusal_delta},
        {"response.output_item.added", &StreamDecoder::item_added},
        {"response.output_item.done", &StreamDecoder::item_done},
        {"response.completed", &StreamDecoder::completed},
        {"response.done", &StreamDecoder::completed},
        {"response.incomplete", &StreamDecoder::completed},
        {"response.failed", &StreamDecoder::failed},
        {"response.cancelled", &StreamDecoder::failed},
    };
    for (const auto& known : kKnown) {
      if (type == known.type) return (this->*known.read)(event, sink);
    }
  }

  // One output item.
  struct Item {
    bool begun = false, done = false;
    bool custom = false;        // a call of a free-text tool
    bool sealed = false;        // the deltas of its arguments cannot be read
    bool said = false;          // some of its text, or of its arguments, has been passed on
    bool raw_thoughts = false;  // its thoughts are the model's own words, not a summary
    uint16_t call = 0;          // running number of the call
    int64_t part = 0;           // of the summary
  };

  Item& item_of(Value event) { return items_[event["output_index"].to_int()]; }

  // ---- items

  void item_added(Value event, chat::Sink& sink) { begin_item(item_of(event), event["item"], sink); }

  void begin_item(Item& item, Value value, chat::Sink& sink) {
    if (item.begun) return;
    item.begun = true;
    Value type = value["type"];
    item.custom = type.equals("custom_tool_call");
    if (!item.custom && !type.equals("function_call")) return;
    item.call = calls_++;
    Value id = value["call_id"].is_string() ? value["call_id"] : value["id"];
    std::string name =
        value["namespace"].is_string()
            ? std::string(value["namespace"].inner()).append("__").append(value["name"].inner())
            : std::string(value["name"].inner());
    sink.event({.type = Type::tool_call,
                .index = item.call,
                .id = id.inner(),
                .name = name,
                .arguments = {item.custom ? kCustomHead : std::string_view(), true}});
  }

  void item_done(Value event, chat::Sink& sink) { finish_item(item_of(event), event["item"], sink); }

  // What the deltas left out is taken from the finished item.
  void finish_item(Item& item, Value value, chat::Sink& sink) {
    if (item.done) return;
    begin_item(item, value, sink);
    item.done = true;
    Value type = value["type"];
    if (type.equals("message")) finish_message(item, value, sink);
    if (type.equals("reasoning")) finish_reasoning(item, value, sink);
    if (type.equals("compaction")) compaction(value, sink);
    if (type.equals("function_call")) finish_call(item, value["arguments"], sink);
    if (type.equals("custom_tool_call")) finish_call(item, value["input"], sink);
    if (type.equals("web_search_call")) search(value, sink);
    if (type.equals("image_generation_call")) image(value, sink);
  }

  void finish_message(Item& item, Value value, chat::Sink& sink) {
    if (item.said) return;
    for (auto [_, part] : value["content"].items()) {
      bool refusal = part["type"].equals("refusal");
      say(item, refusal ? Type::refusal : Type::text, refusal ? part["refusal"] : part["text"], sink);
      logprobs(part["logprobs"], sink);
    }
  }

  void finish_reasoning(Item& item, Value value, chat::Sink& sink) {
    Value id = value["id"], proof = value["encrypted_content"];
    if (!item.said) {
      bool first = true;
      Value parts = value["summary"].size() ? value["summary"] : value["content"];
      for (auto [_, part] : parts.items()) {
        if (!first) sink.event({.type = Type::thinking, .text = "\\n\\n", .id = id.inner()});
        think(item, part["text"], id, sink);
        first = false;
      }
    }
    if (!proof.is_string() || proof.inner().empty()) return;
    sink.event({.type = item.said ? Type::signature : Type::redacted_thinking,
                .id = id.inner(),
                .signature = {proof.inner(), Origin::openai_responses}});
  }

  // A conversation that the upstream made short.
  void compaction(Value value, chat::Sink& sink) {
    sink.event({.type = Type::redacted_thinking,
                .id = value["id"].inner(),
                .name = "compaction",
                .signature = {value["encrypted_content"].inner(), Origin::openai_responses}});
  }

  void finish_call(Item& item, Value arguments, chat::Sink& sink) {
    if (!item.said) pass_arguments(item, arguments, sink);
    if (item.custom) {
      sink.event({.type = Type::tool_arguments, .index = item.call, .arguments = {kCustomTail, true}});
    }
    sink.event({.type = Type::tool_end, .index = item.call});
  }

  void search(Value value, chat::Sink& sink) {
    Value action = value["action"];
    if (action.has_value() && !action["type"].equals("search")) return;
    Value query = action["query"];
    for (auto [_, each] : action["queries"].items()) {
      if (!query.is_string()) query = each;
    }
    std::string sources = sources_of(action);
    sink.event({.type = Type::search, .text = query.inner(), .id = value["id"].inner(), .raw = sources});
  }

  void image(Value value, chat::Sink& sink) {
    Value data = value["result"], format = value["output_format"];
    if (!data.is_string() || data.inner().empty()) return;
    std::string type = "image/" + (format.is_string() ? std::string(format.inner()) : "png");
    sink.event({.type = Type::media, .text = data.inner(), .media_type = type});
  }

  // ---- deltas

  void say(Item& item, Type type, Value text, chat::Sink& sink) {
    if (!text.is_string() || text.inner().empty()) return;
    item.begun = item.said = true;
    refused_ = refused_ || type == Type::refusal;
    sink.event({.type = type, .text = text.inner()});
  }

  void think(Item& item, Value text, Value id, chat::Sink& sink) {
    if (!text.is_string() || text.inner().empty()) return;
    item.begun = item.said = true;
    sink.event({.type = Type::thinking, .text = text.inner(), .id = id.inner()});
  }

  void logprobs(Value tokens, chat::Sink& sink) {
    if (!tokens.is_array() || tokens.size() == 0) return;
    std::string out;
    json::Writer w(out);
    w.begin_array();
    for (auto [_, token] : tokens.items()) write_token(w, token, true);
    w.end_array();
    sink.event({.type = Type::logprobs, .raw = out});
  }

  void text_delta(Value event, chat::Sink& sink) {
    say(item_of(event), Type::text, event["delta"], sink);
    logprobs(event["logprobs"], sink);
  }
  void refusal_delta(Value event, chat::Sink& sink) {
    say(item_of(event), Type::refusal, event["delta"], sink);
  }

  void summary_delta(Value event, chat::Sink& sink) {
    Item& item = item_of(event);
    if (item.raw_thoughts) return;
    int64_t part = event["summary_index"].to_int();
    if (item.said && part != item.part) {
      sink.event({.type = Type::thinking, .text = "\\n\\n", .id = event["item_id"].inner()});
    }
    item.part = part;
    think(item, event["delta"], event["item_id"], sink);
  }

  // Open models send their thoughts; where a summary comes as well, whichever is first is shown.
  void thought_delta(Value event, chat::Sink& sink) {
    Item& item = item_of(event);
    if (item.said && !item.raw_thoughts) return;
    item.raw_thoughts = true;
    think(item, event["delta"], event["item_id"], sink);
  }

  void arguments_delta(Value event, chat::Sink& sink) {
    Item& item = item_of(event);
    item.sealed = item.sealed || (seals_ && event["obfuscation"]);
    if (item.begun && !item.sealed) pass_arguments(item, event["delta"], sink);
  }

  void pass_arguments(Item& item, Value text, chat::Sink& sink) {
    if (!text.is_string() || text.inner().empty()) return;
    item.said = true;
    std::string wrapped;
    if (item.custom) json::escape(text.inner(), wrapped);
    sink.event({.type = Type::tool_arguments,
                .index = item.call,
                .arguments = {item.custom ? std::string_view(wrapped) : text.inner(), true}});
  }

  // ---- endings

  void completed(Value event, chat::Sink& sink) { finish(event["response"], sink); }

  void failed(Value event, chat::Sink& sink) {
    Value response = event["response"];
    if (response["usage"].is_object()) sink.usage(read_usage(response["usage"]));
    stop(sink, response["error"]);
  }

  void read_whole(Value response, chat::Sink& sink) {
    if (response["status"].equals("failed") || response["error"].is_object()) {
      return stop(sink, response["error"]);
    }
    finish(response, sink);
  }

  static Finish finish_of(Value response) {
    if (!response["status"].equals("incomplete")) return Finish::stop;
    return response["incomplete_details"]["reason"].equals("content_filter") ? Finish::content_filter
                                                                             : Finish::length;
  }

  void finish(Value response, chat::Sink& sink) {
    int64_t index = 0;
    for (auto [_, item] : response["output"].items()) finish_item(items_[index++], item, sink);
    over_ = true;
    Finish reason = finish_of(response);
    if (reason == Finish::stop && calls_ > 0) reason = Finish::tool_calls;
    if (reason == Finish::stop && refused_) reason = Finish::refusal;
    sink.event({.type = Type::finish, .finish = reason});
    if (response["usage"].is_object()) sink.usage(read_usage(response["usage"]));
    sink.end();
  }

  void stop(chat::Sink& sink, Value error) {
    over_ = true;
    sink.fail(said_error(error));
  }

  void fail(chat::Sink& sink, std::string_view message, std::string_view code) {
    over_ = true;
    sink.fail(chat::upstream_error(chat::Fault::upstream, message, code));
  }

  static constexpr std::string_view kCustomHead = R"({\"input\":\")";
  static constexpr std::string_view kCustomTail = R"(\"})";

  json::Document document_;
  std::map<int64_t, Item> items_;  // by output_index
  uint16_t calls_ = 0;
  bool refused_ = false, over_ = false;
  bool seals_ = false;  // Target::sealed_arguments
};

}  // namespace

std::unique_ptr<Decoder> make_decoder() { return std::make_unique<StreamDecoder>(); }

}  // namespace protocol::openai_responses
