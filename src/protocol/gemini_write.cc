// Gemini: everything of a request but the conversation: tools, sampling, answer format, thinking.
#include <algorithm>

#include "base/apart.h"
#include "json/writer.h"
#include "protocol/custom_tool.h"
#include "protocol/effort.h"
#include "protocol/gemini.h"
#include "protocol/gemini_claude.h"
#include "protocol/problem.h"
#include "protocol/schema.h"
#include "protocol/tool_name.h"

namespace protocol::gemini {

namespace {

using chat::Request;
using json::Writer;
using Effort = chat::Thinking::Effort;
using Problem = std::optional<chat::Error>;

constexpr size_t kMaxStops = 5;  // generateContent refuses more

// ---- tools

bool is_chosen(const chat::ToolChoice& choice, chat::Text name) {
  if (choice.mode != chat::ToolChoice::Mode::automatic || choice.names.empty()) return true;
  return std::find(choice.names.begin(), choice.names.end(), name) != choice.names.end();
}

// Gemini refuses a name declared twice; the first declaration counts.
bool is_repeated(const std::vector<chat::Tool>& tools, size_t index) {
  for (size_t i = 0; i < index; i++) {
    if (tools[i].name == tools[index].name) return true;
  }
  return false;
}

BASE_APART void write_declaration(Writer& w, const chat::Tool& tool, const Target& target) {
  std::string scratch, description;
  w.begin_object().key("name").text(safe_tool_name(tool.name, scratch));
  chat::Text said = description_of(tool, description);
  if (!said.empty()) w.key("description").text(said);
  chat::Raw schema = tool.custom ? kCustomSchema : tool.schema;
  if (target.native_schema) {
    w.key("parameters").raw(clean_schema_for_antigravity(schema.empty() ? "{}" : schema, target.claude));
  } else if (!schema.empty()) {
    w.key("parametersJsonSchema").raw(clean_schema_for_gemini(schema));
  }
  w.end_object();
}

BASE_APART void write_tool_choice(Writer& w, const chat::ToolChoice& choice, const Target& target) {
  using Mode = chat::ToolChoice::Mode;
  if (target.claude) {
    w.key("toolConfig").begin_object().key("functionCallingConfig").begin_object();
    w.key("mode").text("VALIDATED").end_object().end_object();
    return;
  }
  if (choice.mode == Mode::unset) return;
  bool forced = choice.mode == Mode::required || choice.mode == Mode::named;
  w.key("toolConfig").begin_object().key("functionCallingConfig").begin_object();
  w.key("mode").text(choice.mode == Mode::none ? "NONE" : forced ? "ANY" : "AUTO");
  if (forced && !choice.names.empty()) {
    std::string scratch;
    w.key("allowedFunctionNames").begin_array();
    for (chat::Text name : choice.names) w.text(safe_tool_name(name, scratch));
    w.end_array();
  }
  w.end_object().end_object();
}

// ---- generationConfig

void write_sampling(Writer& w, const Request& request, const Target& target) {
  const struct {
    std::string_view name;
    chat::Raw value;
  } members[] = {
      {"temperature", target.retry ? chat::Raw("1") : request.temperature},
      {"topP", request.top_p},
      {"topK", request.top_k},
      {"presencePenalty", target.penalties ? request.presence_penalty : chat::Raw{}},
      {"frequencyPenalty", target.penalties ? request.frequency_penalty : chat::Raw{}},
      {"responseLogprobs", target.logprobs ? request.logprobs : chat::Raw{}},
      {"logprobs", target.logprobs ? request.top_logprobs : chat::Raw{}},
  };
  for (const auto& member : members) {
    if (!member.value.empty()) w.key(member.name).raw(member.value);
  }
  if (request.choices() > 1) w.key("candidateCount").number(request.choices());
  if (auto seed = base::number_to_int(request.seed)) w.key("seed").number(*seed & 0x7fffffff);
  if (target.claude) {
    if (int64_t limit = claude_thinking(request, target).max_output) w.key("maxOutputTokens").number(limit);
  } else if (auto limit = base::number_to_int(request.max_tokens)) {
    w.key("maxOutputTokens").number(target.max_output ? std::min(*limit, target.max_output) : *limit);
  }
}

// What does not fit, the gateway watches for itself (gateway/stop_filter.h).
BASE_APART void write_stop(Writer& w, const Request& request, const Target& target) {
  if (request.stop.empty() || target.claude) return;
  w.key("stopSequences").begin_array();
  for (size_t i = 0; i < request.stop.size() && i < kMaxStops; i++) w.text(request.stop[i]);
  w.end_array();
}

BASE_APART void write_format(Writer& w, const Request& request, const Target& target) {
  using Type = chat::ResponseFormat::Type;
  if (format_in_words(request, target)) return;
  if (request.format.type != Type::json_object && request.format.type != Type::json_schema) return;
  w.key("responseMimeType").raw("\"application/json\"");
  if (!request.format.schema.empty()) {
    w.key("responseJsonSchema").raw(clean_schema_for_gemini(request.format.schema));
  }
}

// OpenAI says ["text","image"], Gemini ["TEXT","IMAGE"].
BASE_APART void write_modalities(Writer& w, const Request& request) {
  if (!request.modalities.empty()) {
    std::string upper(request.modalities);
    for (char& c : upper) c = c >= 'a' && c <= 'z' ? char(c - 32) : c;
    w.key("responseModalities").raw(upper);
  }
  if (!request.image_config.empty()) w.key("imageConfig").raw(request.image_config);
}

int64_t clamp_budget(int64_t budget, const Target& target) {
  if (budget < 0) return -1;  // dynamic
  if (budget == 0 && target.thinking_can_be_off) return 0;
  return std::clamp(budget, target.budget_min, target.budget_max);
}

// Effort and budget are two words for one thing; a model takes one of them, never both.
void write_thinking(Writer& w, const Request& request, const Target& target) {
  if (target.thinking.empty()) return;
  if (target.claude) {
    int64_t budget = claude_thinking(request, target).budget;
    if (budget == 0) return;
    w.key("thinkingConfig").begin_object().key("includeThoughts").boolean(true);
    w.key("thinkingBudget").number(budget).end_object();
    return;
  }
  const chat::Thinking& thinking = request.thinking;
  std::optional<int64_t> budget =
      thinking.budget.empty() ? budget_of(thinking.effort) : base::number_to_int(thinking.budget);
  bool off = budget == 0;
  w.key("thinkingConfig").begin_object();
  w.key("includeThoughts").boolean(!off && thinking.include != "false");
  if (budget && target.thinking == "budget") w.key("thinkingBudget").number(clamp_budget(*budget, target));
  if (budget && *budget >= 0 && target.thinking == "level") {
    Effort effort = thinking.budget.empty() ? thinking.effort : effort_of_budget(*budget);
    w.key("thinkingLevel").text(nearest_level(target.thinking_levels, effort));
  }
  w.end_object();
}

}  // namespace

void write_tools(const Request& request, const Target& target, std::string& out) {
  if (target.bare || (target.claude && needs_no_tools(request))) return;
  if (request.tools.empty()) {
    // Google's search and function declarations exclude each other.
    if (request.web_search && target.web_search) out += R"(,"tools":[{"googleSearch":{}}])";
    return;
  }
  out += ",\"tools\":[{\"functionDeclarations\":";
  Writer list(out);
  list.begin_array();
  for (size_t i = 0; i < request.tools.size(); i++) {
    const chat::Tool& tool = request.tools[i];
    if (is_chosen(request.tool_choice, tool.name) && !is_repeated(request.tools, i))
      write_declaration(list, tool, target);
  }
  list.end_array();
  out += "}]";
  if (request.tool_choice.mode == chat::ToolChoice::Mode::unset && !target.claude) return;
  out += ',';
  Writer choice(out);
  write_tool_choice(choice, request.tool_choice, target);
}

Problem write_generation_config(const Request& request, const Target& target, std::string& out) {
  if (request.choices() > 1 && !target.multiple_choices) {
    return unsupported("n", "This provider gives one answer per request: send n requests instead.");
  }
  if (request.modalities.find("\"audio\"") != request.modalities.npos) {
    return unsupported("modalities", "The models of this provider do not speak: ask for text.");
  }
  if (request.logprobs == "true" && !target.logprobs) {
    return unsupported("logprobs", "This provider does not return log probabilities.");
  }
  out += ",\"generationConfig\":";
  Writer w(out);
  w.begin_object();
  write_sampling(w, request, target);
  write_stop(w, request, target);
  write_format(w, request, target);
  write_modalities(w, request);
  write_thinking(w, request, target);
  w.end_object();
  return std::nullopt;
}

Problem write(const Request& request, const Target& target, std::string& out) {
  out += '{';
  if (auto problem = write_contents(request, target, out)) return problem;
  write_tools(request, target, out);
  if (auto problem = write_generation_config(request, target, out)) return problem;
  out += '}';
  return std::nullopt;
}

}  // namespace protocol::gemini
