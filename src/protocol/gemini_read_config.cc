// Gemini: generationConfig of a client's request.
#include "base/text.h"
#include "json/escape.h"
#include "protocol/effort.h"
#include "protocol/gemini_read.h"
#include "protocol/problem.h"

namespace protocol::gemini {

namespace {

using chat::Request;
using json::Value;

std::string field_of(std::string_view name) { return "generation_config." + std::string(name); }

struct Plain {
  std::string_view name, field, type;
  chat::Raw Request::*to;
};
constexpr Plain kNumbers[] = {
    {"temperature", "temperature", "TYPE_FLOAT", &Request::temperature},
    {"topP", "top_p", "TYPE_FLOAT", &Request::top_p},
    {"topK", "top_k", "TYPE_INT32", &Request::top_k},
    {"candidateCount", "candidate_count", "TYPE_INT32", &Request::n},
    {"maxOutputTokens", "max_output_tokens", "TYPE_INT32", &Request::max_tokens},
    {"seed", "seed", "TYPE_INT32", &Request::seed},
    {"presencePenalty", "presence_penalty", "TYPE_FLOAT", &Request::presence_penalty},
    {"frequencyPenalty", "frequency_penalty", "TYPE_FLOAT", &Request::frequency_penalty},
    {"logprobs", "logprobs", "TYPE_INT32", &Request::top_logprobs},
};

Problem read_stops(Value stops, Request& out) {
  for (auto [_, word] : stops.items()) {
    if (!word.is_string()) return invalid_at(field_of("stop_sequences"), "TYPE_STRING", word);
    out.stop.push_back(word.inner());
  }
  if (stops.is_string()) out.stop.push_back(stops.inner());
  if (!stops.is_array() && !stops.is_string()) return invalid_at(field_of("stop_sequences"), "a list", stops);
  return std::nullopt;
}

Problem read_thinking(Value config, Request& out) {
  std::string field = field_of("thinking_config");
  if (!config.is_object()) return invalid_at(field, "an object", config);
  Value include = member(config, "includeThoughts"), budget = member(config, "thinkingBudget");
  Value level = member(config, "thinkingLevel");
  if (include.has_value()) {
    if (!include.is(json::Kind::boolean))
      return invalid_at(field + ".include_thoughts", "TYPE_BOOL", include);
    out.thinking.include = include.raw();
  }
  if (budget.has_value()) {
    out.thinking.budget = number_text(budget);
    if (out.thinking.budget.empty()) return invalid_at(field + ".thinking_budget", "TYPE_INT32", budget);
  }
  if (!level.has_value() || level.equals("THINKING_LEVEL_UNSPECIFIED")) return std::nullopt;
  auto effort = effort_of(base::lower(level.inner()));
  if (!effort) return invalid_at(field + ".thinking_level", "ThinkingConfig.ThinkingLevel", level);
  out.thinking.effort = *effort;
  return std::nullopt;
}

// ["TEXT","IMAGE"] -> ["text","image"]
Problem read_modalities(Value modalities, base::Arena& arena, Request& out) {
  if (!modalities.is_array()) return invalid_at(field_of("response_modalities"), "a list", modalities);
  for (auto [_, modality] : modalities.items()) {
    if (!modality.is_string())
      return invalid_at(field_of("response_modalities"), "GenerationConfig.Modality", modality);
    if (modality.equals("MODALITY_UNSPECIFIED")) return std::nullopt;
  }
  if (modalities.size()) out.modalities = arena.copy(base::lower(modalities.raw()));
  return std::nullopt;
}

// An answer that is one bare word of an enum has no counterpart elsewhere, so that it is asked for in words.
void ask_for_word(Value schema, base::Arena& arena, Request& out) {
  std::string text = "Answer with exactly one of the following values, without quotes, and nothing else: ";
  json::escape(member(schema, "enum").raw(), text);
  out.system.push_back({arena.copy(text), {}});
}

Problem read_format(Value config, base::Arena& arena, Request& out) {
  using Type = chat::ResponseFormat::Type;
  Value type = member(config, "responseMimeType"), schema = member(config, "responseJsonSchema");
  std::string_view name = "response_json_schema";
  if (!schema.has_value()) schema = member(config, "_responseJsonSchema");
  if (!schema.has_value()) {
    schema = member(config, "responseSchema");
    name = "response_schema";
  }
  if (type.has_value() && !type.is_string())
    return invalid_at(field_of("response_mime_type"), "TYPE_STRING", type);
  if (schema.has_value() && !schema.is_object()) return invalid_at(field_of(name), "an object", schema);
  if (type.equals("text/x.enum")) {
    if (schema.has_value()) ask_for_word(schema, arena, out);
  } else if (type.equals("application/json")) {
    out.format.type = schema.has_value() ? Type::json_schema : Type::json_object;
    if (schema.has_value()) out.format.schema = read_schema(schema, arena);
  } else if (type.equals("text/plain")) {
    out.format.type = Type::text;
  } else if (schema.has_value()) {
    return bad_field(field_of(name), "a schema needs response_mime_type 'application/json'.");
  }
  return std::nullopt;
}

Problem read_member(Value key, Value value, base::Arena& arena, Request& out) {
  for (const Plain& plain : kNumbers) {
    if (!names(key, plain.name)) continue;
    out.*plain.to = number_text(value);
    if ((out.*plain.to).empty()) return invalid_at(field_of(plain.field), plain.type, value);
    return std::nullopt;
  }
  if (names(key, "stopSequences")) return read_stops(value, out);
  if (names(key, "thinkingConfig")) return read_thinking(value, out);
  if (names(key, "responseModalities")) return read_modalities(value, arena, out);
  if (names(key, "imageConfig") && value.is_object()) out.image_config = value.raw();
  if (names(key, "responseLogprobs")) {
    if (!value.is(json::Kind::boolean)) return invalid_at(field_of("response_logprobs"), "TYPE_BOOL", value);
    out.logprobs = value.raw();
  }
  return std::nullopt;
}

}  // namespace

Problem read_generation_config(Value config, base::Arena& arena, Request& out) {
  if (!config.is_object()) return invalid_at("generation_config", "an object", config);
  for (auto [key, value] : config.items()) {
    if (!value.has_value()) continue;
    if (auto problem = read_member(key, value, arena, out)) return problem;
  }
  constexpr int64_t kMostChoices = 8;
  if (!out.n.empty() && (out.choices() < 1 || out.choices() > kMostChoices))
    return bad_field("generation_config.candidate_count", "candidate_count must be between 1 and 8.");
  if (!out.max_tokens.empty() && base::number_to_int(out.max_tokens).value_or(0) < 1)
    return bad_field("generation_config.max_output_tokens", "max_output_tokens must be positive.");
  if (!out.top_logprobs.empty() && out.logprobs != "true")
    return bad_field("generation_config.logprobs", "logprobs needs response_logprobs: true.");
  return read_format(config, arena, out);
}

}  // namespace protocol::gemini
