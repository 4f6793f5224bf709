// Anthropic Messages: what the stream encoder and the whole encoder have in common.
#include <algorithm>

#include "json/writer.h"
#include "protocol/anthropic.h"
#include "protocol/anthropic_encoder.h"

namespace protocol::anthropic {

std::string_view stop_reason_of(chat::Finish finish, bool met_stop_sequence) {
  switch (finish) {
    case chat::Finish::stop: return met_stop_sequence ? "stop_sequence" : "end_turn";
    case chat::Finish::length: return "max_tokens";
    case chat::Finish::tool_calls: return "tool_use";
    case chat::Finish::content_filter:
    case chat::Finish::refusal: return "refusal";
  }
  return "end_turn";
}

// input_tokens are those that no cache had, unlike everywhere else.
void append_usage(const chat::Usage& usage, std::string& out) {
  json::Writer w(out);
  w.begin_object();
  w.key("input_tokens").number(std::max<int64_t>(0, usage.input - usage.cached - usage.cache_write));
  w.key("cache_creation_input_tokens").number(usage.cache_write);
  w.key("cache_read_input_tokens").number(usage.cached);
  w.key("output_tokens").number(usage.output);
  if (usage.reasoning) {
    w.key("output_tokens_details").begin_object().key("thinking_tokens").number(usage.reasoning).end_object();
  }
  w.end_object();
}

void append_search_results(chat::Raw found, std::string& out) {
  json::Document document;
  bool parsed = document.parse(found) == json::Error::none;
  json::Writer w(out);
  w.begin_array();
  for (auto [_, result] : parsed ? document.root().items() : json::Value().items()) {
    w.begin_object().key("type").raw("\"web_search_result\"");
    w.key("url").text(result["url"].inner()).key("title").text(result["title"].inner());
    w.key("encrypted_content").raw("\"\"").key("page_age").null().end_object();
  }
  w.end_array();
}

void append_search_id(std::string_view stem, size_t number, std::string& out) {
  out.append(kSearchId).append(stem);
  base::append_int(out, int64_t(number));
}

void AnswerEncoder::event(const chat::Event& event) {
  using Type = chat::Event::Type;
  if (event.choice) return;
  switch (event.type) {
    case Type::text:
    case Type::refusal: return text(event.text);
    case Type::thinking: return thinking(event.text);
    case Type::signature: return signature(event.signature);
    case Type::redacted_thinking: return redacted(event.signature);
    case Type::tool_call: return tool_call(event);
    case Type::tool_arguments: return tool_input(event.arguments);
    case Type::tool_end: return close();
    case Type::search: return search(event);
    case Type::media: {
      std::string image;
      append_image_text(event, image);
      return text(image);
    }
    case Type::logprobs: return;
    case Type::finish: finish_ = event.finish; stop_sequence_ = event.text;
  }
}

void AnswerEncoder::append_ending() {
  out_.append(R"("stop_reason":")").append(stop_reason_of(finish_, !stop_sequence_.empty()));
  out_ += R"(","stop_sequence":)";
  if (stop_sequence_.empty()) {
    out_ += "null";
  } else {
    out_.append("\"").append(stop_sequence_).append("\"");
  }
  out_ += R"(,"stop_details":null)";
}

void append_image_text(const chat::Event& event, std::string& out) {
  out.append("![image](data:").append(event.media_type).append(";base64,").append(event.text).append(")");
}

}  // namespace protocol::anthropic
