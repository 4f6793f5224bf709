// OpenAI Responses: the request to an upstream. Always a stream, never stored; see
// docs/protocol/openai_responses.md.
#include <algorithm>

#include "protocol/effort.h"
#include "protocol/openai_responses.h"
#include "protocol/problem.h"
#include "protocol/user_name.h"

namespace protocol::openai_responses {

namespace {

using chat::Request;
using json::Writer;
using Problem = std::optional<chat::Error>;

constexpr int64_t kLeastOutput = 16;  // the API refuses less

// Models of before the reasoning ones refuse everything that is about reasoning.
bool reasons(std::string_view model) {
  for (std::string_view old : {"gpt-3", "gpt-4", "chatgpt-4", "ft:gpt-3", "ft:gpt-4"}) {
    if (model.starts_with(old)) return false;
  }
  return true;
}

void write_instructions(Writer& w, const Request& request) {
  if (request.system.empty()) return;
  w.key("instructions").comma();
  std::string& out = w.out();
  out += '"';
  for (size_t i = 0; i < request.system.size(); i++) {
    if (i) out += "\\n\\n";
    out += request.system[i].text;
  }
  out += '"';
}

void write_text(Writer& w, const Request& request) {
  using Type = chat::ResponseFormat::Type;
  const chat::ResponseFormat& format = request.format;
  if (format.type == Type::unset && request.verbosity.empty()) return;
  w.key("text").begin_object();
  if (format.type != Type::unset) {
    w.key("format").begin_object().key("type");
    w.text(format.type == Type::text          ? "text"
           : format.type == Type::json_object ? "json_object"
                                              : "json_schema");
    if (format.type == Type::json_schema) {
      w.key("name").text(format.name.empty() ? "answer" : format.name);
      if (!format.description.empty()) w.key("description").text(format.description);
      w.key("schema").raw(format.schema);
      w.key("strict").raw(format.strict == "true" ? "true" : "false");
    }
    w.end_object();
  }
  if (!request.verbosity.empty()) w.key("verbosity").text(request.verbosity);
  w.end_object();
}

void write_reasoning(Writer& w, const Request& request, const Target& target) {
  using Effort = chat::Thinking::Effort;
  Effort effort = request.thinking.effort;
  if (!request.thinking.budget.empty()) {
    effort = effort_of_budget(base::number_to_int(request.thinking.budget).value_or(-1));
  }
  bool summary = request.thinking.include == "true";
  if (!reasons(target.model) || (effort == Effort::unset && !summary)) return;
  w.key("reasoning").begin_object();
  std::string_view levels = target.thinking_levels;
  if (effort != Effort::unset) {
    w.key("effort").text(levels.empty() ? word_of(effort) : nearest_level(levels, effort));
  }
  if (summary) w.key("summary").raw("\"auto\"");
  w.end_object();
}

void write_include(Writer& w, const Request& request, const Target& target) {
  bool logprobs = request.logprobs == "true", search = request.web_search && target.web_search;
  if (!reasons(target.model) && !logprobs && !search) return;
  w.key("include").begin_array();
  if (reasons(target.model)) w.raw("\"reasoning.encrypted_content\"");
  if (logprobs) w.raw("\"message.output_text.logprobs\"");
  if (search) w.raw("\"web_search_call.action.sources\"");
  w.end_array();
}

void write_plain(Writer& w, const Request& request, const Target& target) {
  if (!request.max_tokens.empty()) {
    int64_t most = base::number_to_int(request.max_tokens).value_or(0);
    w.key("max_output_tokens").number(std::max(most, kLeastOutput));
  }
  if (target.sampling && !request.temperature.empty()) w.key("temperature").raw(request.temperature);
  if (target.sampling && !request.top_p.empty()) w.key("top_p").raw(request.top_p);
  if (request.logprobs == "true" && !request.top_logprobs.empty()) {
    w.key("top_logprobs").raw(request.top_logprobs);
  }
  if (!request.metadata.empty()) w.key("metadata").raw(request.metadata);
  std::string scratch;
  if (!request.user.empty()) w.key("user").text(openai_user(request.user, scratch));
  if (!request.service_tier.empty()) w.key("service_tier").text(request.service_tier);
}

Problem refuse(const Request& request, const Target& target) {
  if (request.choices() > 1) {
    return unsupported("n", "This upstream speaks the Responses API, which has one answer per request.");
  }
  if (!request.audio.empty()) {
    return unsupported("audio", "This upstream speaks the Responses API, which answers in text.");
  }
  if (request.logprobs == "true" && !target.logprobs) {
    return unsupported("logprobs", "This provider does not return log probabilities.");
  }
  return std::nullopt;
}

}  // namespace

Problem write(const Request& request, const Target& target, std::string& out) {
  if (auto problem = refuse(request, target)) return problem;
  Writer w(out);
  w.begin_object().key("model").text(target.model);
  write_instructions(w, request);
  write_input(w, request, target);
  write_tools(w, request, target);
  write_text(w, request);
  write_reasoning(w, request, target);
  write_include(w, request, target);
  write_plain(w, request, target);
  w.key("store").raw("false").key("stream").raw("true").end_object();
  return std::nullopt;
}

}  // namespace protocol::openai_responses
