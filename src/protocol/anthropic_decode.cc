// Anthropic Messages: an upstream's stream, as events. A whole answer ("type": "message") is understood too,
// because some endpoints ignore "stream": true.
#include <algorithm>

#include "json/writer.h"
#include "protocol/anthropic.h"
#include "protocol/said_error.h"

namespace protocol::anthropic {

namespace {

using chat::Event;
using json::Value;
using Type = Event::Type;

chat::Finish finish_of(std::string_view reason) {
  if (reason == "max_tokens" || reason == "model_context_window_exceeded") return chat::Finish::length;
  if (reason == "tool_use") return chat::Finish::tool_calls;
  if (reason == "refusal") return chat::Finish::refusal;
  return chat::Finish::stop;
}

class StreamDecoder final : public Decoder {
 public:
  bool event(std::string_view, std::string_view data, chat::Sink& sink) override {
    if (over_) return false;
    if (document_.parse(data) != json::Error::none) {
      fail(sink, "The upstream sent an event that is not valid JSON.", "upstream_invalid_json");
      return false;
    }
    Value root = document_.root(), type = root["type"];
    if (type.equals("content_block_delta")) {
      read_delta(root["delta"], sink);
    } else if (type.equals("content_block_start")) {
      start_block(root["content_block"], sink);
    } else if (type.equals("content_block_stop")) {
      stop_block(sink);
    } else if (type.equals("message_start")) {
      read_usage(root["message"]["usage"]);
      if (usage_.known) sink.usage(usage_);
    } else if (type.equals("message_delta")) {
      read_usage(root["usage"]);
      read_stop(root["delta"]);
    } else if (type.equals("message_stop")) {
      finish(sink);
    } else if (type.equals("message")) {
      read_whole(root, sink);
    } else if (type.equals("error") || root["error"].has_value()) {
      over_ = true;
      sink.fail(said_error(root["error"]));
    }
    return !over_;
  }

  void close(bool broken, chat::Sink& sink) override {
    if (over_) return;
    if (!reason_.empty()) return finish(sink);
    fail(sink,
         broken ? "The connection to the upstream broke before the answer was complete."
                : "The upstream closed its stream before the answer was complete.",
         "upstream_incomplete");
  }

 private:
  enum class Open : uint8_t { nothing, text, thinking, tool, whole_tool, search };

  // Counts only grow: message_start knows the input, message_delta the output and sometimes all of it.
  void read_usage(Value usage) {
    if (!usage.is_object()) return;
    auto take = [&](std::string_view name, int64_t& to) {
      if (Value value = usage[name]; value.is(json::Kind::number)) to = value.to_int();
    };
    take("input_tokens", fresh_);
    take("cache_read_input_tokens", usage_.cached);
    take("cache_creation_input_tokens", usage_.cache_write);
    take("output_tokens", usage_.output);
    usage_.reasoning = std::max(usage_.reasoning, usage["output_tokens_details"]["thinking_tokens"].to_int());
    usage_.input = fresh_ + usage_.cached + usage_.cache_write;
    usage_.total = usage_.input + usage_.output;
    usage_.known = true;
  }

  void read_stop(Value delta) {
    if (Value reason = delta["stop_reason"]; reason.is_string()) reason_ = reason.inner();
    if (Value met = delta["stop_sequence"]; met.is_string()) stop_sequence_ = met.inner();
  }

  // ---- blocks

  void start_block(Value block, chat::Sink& sink) {
    Value type = block["type"];
    open_ = Open::nothing;
    if (type.equals("text")) {
      open_ = Open::text;
      say(Type::text, block["text"], sink);
    } else if (type.equals("thinking")) {
      open_ = Open::thinking;
      thought_ = false;
      say(Type::thinking, block["thinking"], sink);
      sign(block["signature"], sink);
    } else if (type.equals("redacted_thinking")) {
      sink.event({.type = Type::redacted_thinking, .signature = {block["data"].inner(), Origin::anthropic}});
    } else if (type.equals("tool_use")) {
      start_tool(block, sink);
    } else if (type.equals("server_tool_use") && block["name"].equals("web_search")) {
      open_ = Open::search;
      query_.clear();
      if (Value query = block["input"]["query"]; query.is_string()) query_ = query.inner();
      search_input_.clear();
    } else if (type.equals("web_search_tool_result")) {
      read_search(block, sink);
    }
  }

  // Some endpoints give the whole input at the start of the block.
  void start_tool(Value block, chat::Sink& sink) {
    Value input = block["input"];
    bool whole = input.is_object() && input.size() > 0;
    open_ = whole ? Open::whole_tool : Open::tool;
    said_input_ = whole;
    Event event{
        .type = Type::tool_call, .index = calls_++, .id = block["id"].inner(), .name = block["name"].inner()};
    if (whole) event.arguments = {input.raw(), false};
    sink.event(event);
  }

  void say(Type type, Value text, chat::Sink& sink) {
    if (text.inner().empty()) return;
    thought_ |= type == Type::thinking;
    sink.event({.type = type, .text = text.inner()});
  }

  // A signature belongs to a block: one whose thoughts are withheld begins with an empty thought.
  void sign(Value signature, chat::Sink& sink) {
    if (signature.inner().empty()) return;
    if (!thought_) sink.event({.type = Type::thinking});
    thought_ = true;
    sink.event({.type = Type::signature, .signature = {signature.inner(), Origin::anthropic}});
  }

  void read_delta(Value delta, chat::Sink& sink) {
    Value type = delta["type"];
    if (type.equals("text_delta")) {
      say(Type::text, delta["text"], sink);
    } else if (type.equals("thinking_delta")) {
      say(Type::thinking, delta["thinking"], sink);
    } else if (type.equals("signature_delta")) {
      sign(delta["signature"], sink);
    } else if (type.equals("input_json_delta")) {
      add_input(delta["partial_json"].inner(), sink);
    }
  }

  void add_input(chat::Text piece, chat::Sink& sink) {
    if (piece.empty()) return;
    if (open_ == Open::search) search_input_ += piece;
    if (open_ != Open::tool) return;
    said_input_ = true;
    sink.event({.type = Type::tool_arguments, .index = uint16_t(calls_ - 1), .arguments = {piece, true}});
  }

  void stop_block(chat::Sink& sink) {
    if (open_ == Open::tool || open_ == Open::whole_tool) {
      // A call without input is one with an empty object, which this grammar may leave unsaid.
      if (!said_input_) add_input("{}", sink);
      sink.event({.type = Type::tool_end, .index = uint16_t(calls_ - 1)});
    }
    if (open_ == Open::search && !search_input_.empty()) {
      std::string plain = json::unescaped(search_input_);
      json::Document input;
      if (input.parse(plain) == json::Error::none) query_ = input.root()["query"].inner();
    }
    open_ = Open::nothing;
  }

  void read_search(Value block, chat::Sink& sink) {
    std::string found;
    json::Writer w(found);
    w.begin_array();
    Value content = block["content"];
    for (auto [_, result] : content.is_array() ? content.items() : Value().items()) {
      if (!result["url"].is_string()) continue;
      w.begin_object().key("url").text(result["url"].inner());
      w.key("title").text(result["title"].inner()).end_object();
    }
    w.end_array();
    sink.event({.type = Type::search, .text = query_, .id = block["tool_use_id"].inner(), .raw = found});
  }

  // ---- the end

  void read_whole(Value message, chat::Sink& sink) {
    read_usage(message["usage"]);
    for (auto [_, block] : message["content"].items()) {
      start_block(block, sink);
      stop_block(sink);
    }
    read_stop(message);
    finish(sink);
  }

  void finish(chat::Sink& sink) {
    if (reason_.empty()) {
      return fail(sink, "The upstream ended its stream without a stop reason.", "upstream_incomplete");
    }
    over_ = true;
    chat::Finish finish = finish_of(reason_);
    if (calls_ && finish == chat::Finish::stop) finish = chat::Finish::tool_calls;
    sink.event({.type = Type::finish, .text = stop_sequence_, .finish = finish});
    if (usage_.known) sink.usage(usage_);
    sink.end();
  }

  void fail(chat::Sink& sink, std::string_view message, std::string_view code) {
    over_ = true;
    sink.fail(chat::upstream_error(chat::Fault::upstream, message, code));
  }

  json::Document document_;
  chat::Usage usage_;
  int64_t fresh_ = 0;  // input tokens that no cache had
  std::string reason_, stop_sequence_, query_, search_input_;
  Open open_ = Open::nothing;
  uint16_t calls_ = 0;
  bool thought_ = false;     // the open thinking block has begun
  bool said_input_ = false;  // of the open call
  bool over_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_decoder() { return std::make_unique<StreamDecoder>(); }

}  // namespace protocol::anthropic
