// Anthropic Messages: the request to an upstream. Always a stream; see docs/protocol/anthropic.md.
#include "protocol/anthropic_write.h"
#include "json/writer.h"
#include "protocol/problem.h"
#include "protocol/user_name.h"

namespace protocol::anthropic {

namespace {

using chat::Request;
using json::Writer;

// Temperatures end at 1 here, and newer models take a temperature or a top_p, not both. Thinking leaves no
// choice in either.
void write_sampling(Writer& w, const Request& request, const Target& target, bool thinks) {
  if (thinks || !target.sampling) return;
  if (!request.temperature.empty()) {
    bool high = base::number_to_int(request.temperature).value_or(0) >= 1;
    w.key("temperature").raw(high ? "1" : request.temperature);
  } else if (!request.top_p.empty()) {
    w.key("top_p").raw(request.top_p);
  }
  if (!request.top_k.empty()) w.key("top_k").raw(request.top_k);
}

// Blank sequences are refused by the service; the gateway watches for them itself (gateway/stop_filter.h).
void write_stop(Writer& w, const Request& request) {
  bool open = false;
  for (chat::Text word : request.stop) {
    if (is_blank(word)) continue;
    if (!open) w.key("stop_sequences").begin_array();
    open = true;
    w.text(word);
  }
  if (open) w.end_array();
}

void write_output_config(Writer& w, const Request& request, const Target& target, const Plan& plan) {
  bool schema = request.format.type == chat::ResponseFormat::Type::json_schema;
  bool effort = is_adaptive(target) && plan.effort > chat::Thinking::Effort::none;
  if (!schema && !effort) return;
  w.key("output_config").begin_object();
  if (effort) w.key("effort").text(level_of(target.thinking_levels, plan.effort));
  if (schema) {
    w.key("format").begin_object().key("type").raw("\"json_schema\"");
    w.key("schema");
    write_closed_schema(w, request.format.schema);
    w.end_object();
  }
  w.end_object();
}

void write_service_tier(Writer& w, chat::Text tier) {
  if (tier == "auto") w.key("service_tier").raw("\"auto\"");
  if (tier == "default") w.key("service_tier").raw("\"standard_only\"");
}

// The service refuses what names a person.
void write_user(Writer& w, chat::Text user) {
  if (user.empty()) return;
  std::string scratch;
  w.key("metadata").begin_object().key("user_id");
  w.text(anthropic_user(user, scratch)).end_object();
}

Problem check(const Request& request) {
  if (request.choices() > 1) {
    return unsupported("n", "Anthropic's models give one answer per request: send n requests instead.");
  }
  if (!request.audio.empty()) {
    return unsupported("modalities", "Anthropic's models do not speak: ask for text.");
  }
  if (request.logprobs == "true") {
    return unsupported("logprobs", "Anthropic's models do not return log probabilities.");
  }
  return std::nullopt;
}

}  // namespace

Problem write(const Request& request, const Target& target, std::string& out) {
  if (auto problem = check(request)) return problem;
  Plan plan = plan_of(request, target);
  CacheMarks marks(request);
  Writer w(out);
  w.begin_object().key("model").text(target.model).key("max_tokens").number(plan.max_tokens);
  write_tools(w, request, target, marks);
  write_tool_choice(w, request, target);
  write_system(w, request, marks);
  if (auto problem = write_messages(w, request, target, marks, plan.thinks())) return problem;
  write_thinking(w, request, plan);
  write_output_config(w, request, target, plan);
  write_sampling(w, request, target, plan.thinks());
  write_stop(w, request);
  write_user(w, request.user);
  write_service_tier(w, request.service_tier);
  w.key("stream").raw("true").end_object();
  return std::nullopt;
}

}  // namespace protocol::anthropic
