#include "protocol/openai_responses_object.h"

#include "host/host.h"
#include "protocol/openai_responses.h"

namespace protocol::openai_responses {

namespace {

using json::Value;
using json::Writer;

// Members that are repeated as they came; `fallback` stands for one that did not come.
struct Echo {
  std::string_view name, fallback;
};
constexpr Echo kBefore[] = {
    {"instructions", "null"},
    {"max_output_tokens", "null"},
    {"max_tool_calls", "null"},
};
constexpr Echo kAfter[] = {
    {"parallel_tool_calls", "true"},
    {"prompt_cache_key", "null"},
    {"safety_identifier", "null"},
    {"service_tier", "\"default\""},
    {"temperature", "1"},
    {"tool_choice", "\"auto\""},
    {"tools", "[]"},
    {"top_logprobs", "0"},
    {"top_p", "1"},
    {"truncation", "\"disabled\""},
    {"user", "null"},
    {"metadata", "{}"},
};

std::string_view raw_or(Value value, std::string_view fallback) {
  return value.has_value() ? value.raw() : fallback;
}

void echo(Writer& w, Value body, const Echo& member) {
  w.key(member.name).raw(raw_or(body[member.name], member.fallback));
}

void write_usage(Writer& w, const chat::Usage& usage) {
  w.begin_object().key("input_tokens").number(usage.input);
  w.key("input_tokens_details").begin_object().key("cached_tokens").number(usage.cached);
  w.key("cache_write_tokens").number(usage.cache_write).end_object();
  w.key("output_tokens").number(usage.output);
  w.key("output_tokens_details").begin_object().key("reasoning_tokens").number(usage.reasoning).end_object();
  w.key("total_tokens").number(usage.total ? usage.total : usage.input + usage.output).end_object();
}

void write_ending(Writer& w, const Outcome& outcome) {
  w.key("error");
  if (outcome.error) {
    append_failure(*outcome.error, w.comma().out());
  } else {
    w.null();
  }
  w.key("incomplete_details");
  if (outcome.reason.empty()) {
    w.null();
  } else {
    w.begin_object().key("reason").text(outcome.reason).end_object();
  }
}

void write_settings(Writer& w, const Stamp& stamp) {
  Value body = stamp.body, reasoning = body["reasoning"], text = body["text"];
  for (const Echo& member : kAfter) echo(w, body, member);
  w.key("previous_response_id");
  stamp.previous.empty() ? w.null() : w.string(stamp.previous);
  w.key("reasoning").begin_object().key("effort").raw(raw_or(reasoning["effort"], "null"));
  w.key("summary").raw(raw_or(reasoning["summary"], "null")).end_object();
  w.key("store").boolean(stamp.stored);
  w.key("text").begin_object().key("format").raw(raw_or(text["format"], R"({"type":"text"})"));
  w.key("verbosity").raw(raw_or(text["verbosity"], "\"medium\"")).end_object();
}

}  // namespace

void append_response(const Stamp& stamp, const Outcome& outcome, std::string& out) {
  size_t begin = out.size();
  Writer w(out);
  w.begin_object()
      .key("id")
      .text(stamp.begun.empty() ? "resp_" + stamp.id : stamp.begun)
      .key("object")
      .raw("\"response\"");
  w.key("created_at").number(stamp.created).key("status").text(outcome.status);
  w.key("background").raw("false").key("completed_at");
  outcome.status == "completed" ? w.number(host::now_ms() / 1000) : w.null();
  write_ending(w, outcome);
  for (const Echo& member : kBefore) echo(w, stamp.body, member);
  w.key("model").text(stamp.model).key("output").begin_array();
  out += outcome.items;
  w.end_array();
  write_settings(w, stamp);
  w.key("usage");
  if (outcome.usage) {
    write_usage(w, *outcome.usage);
  } else {
    w.null();
  }
  w.end_object();
  json::flatten(out, begin);  // a client may have spread what is repeated over many lines
}

}  // namespace protocol::openai_responses
