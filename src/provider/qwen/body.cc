#include "provider/qwen/body.h"

#include <algorithm>

#include "base/text.h"
#include "json/document.h"
#include "json/edit.h"
#include "json/writer.h"
#include "protocol/effort.h"
#include "provider/qwen/token.h"

namespace provider::qwen_service {

namespace {

using json::Value;
using json::Writer;
using Effort = chat::Thinking::Effort;

constexpr std::string_view kCached = R"({"type":"ephemeral"})";

bool is_system(Value message) { return message["role"].equals("system"); }

// How the model is told to think; for a discovered model, what its family takes.
std::string_view thinking_of(const Model& model) {
  if (!model.thinking.empty()) return model.thinking;
  bool hybrid = model.family.empty() && model.id.starts_with("qwen3") && model.max_output == 0 &&
                model.id.find("coder") == model.id.npos;
  return hybrid ? "switch" : std::string_view();
}

// `array`, with the end of what is to be cached marked on its last element.
void write_marked(Writer& w, Value array) {
  size_t left = array.size();
  w.begin_array();
  for (auto [_, each] : array.items()) {
    w.comma();
    json::edit(each, {{"cache_control", --left == 0 ? kCached : std::string_view()}}, w.out());
  }
  w.end_array();
}

void write_text_part(Writer& w, std::string_view text) {
  w.begin_object().key("type").raw("\"text\"").key("text").text(text);
}

// Instructions come once and first, whatever their place was. A login's begin with an empty part, without
// which the portal refuses them; with a key the last part is what marks the prefix to be cached.
void write_system(Writer& w, Value messages, bool for_portal) {
  bool any = for_portal;
  size_t left = 0;
  for (auto [_, message] : messages.items()) left += is_system(message);
  any |= left > 0;
  if (!any) return;
  w.begin_object().key("role").raw("\"system\"").key("content").begin_array();
  if (for_portal) {
    write_text_part(w, "");
    w.key("cache_control").raw(kCached).end_object();
  }
  for (auto [_, message] : messages.items()) {
    if (!is_system(message)) continue;
    write_text_part(w, message["content"].inner());
    if (--left == 0 && !for_portal) w.key("cache_control").raw(kCached);
    w.end_object();
  }
  w.end_array().end_object();
}

// The last message ends the prefix that the conversation's next request begins with.
void write_last(Writer& w, Value message) {
  w.begin_object();
  for (auto [key, value] : message.items()) {
    w.key(key.inner());
    if (key.equals("content") && value.is_array()) {
      write_marked(w, value);
    } else if (key.equals("content") && value.is_string() && !value.inner().empty()) {
      w.begin_array();
      write_text_part(w, value.inner());
      w.key("cache_control").raw(kCached).end_object().end_array();
    } else {
      w.raw(value.raw());
    }
  }
  w.end_object();
}

void write_messages(Writer& w, Value messages, bool for_portal) {
  w.key("messages").begin_array();
  write_system(w, messages, for_portal);
  Value last;
  for (auto [_, message] : messages.items()) {
    if (is_system(message)) continue;
    if (last) w.raw(last.raw());
    last = message;
  }
  if (last && for_portal) w.raw(last.raw());
  if (last && !for_portal) write_last(w, last);
  w.end_array();
}

// The model by the name that is sent, which may be another than was asked for.
const Model& sent_model(const Call& call, Value name) {
  for (const Model& model : descriptor().models()) {
    if (name.equals(model.id)) return model;
  }
  return call.model;
}

// True if that turns thinking on.
bool write_thinking(Writer& w, const Call& call, const Model& model, Value effort) {
  std::string_view how = thinking_of(model);
  // A client that only wants to see thoughts wants some.
  bool shown = call.request.thinking.include == "true";
  if (how.empty() || (!effort.is_string() && !shown)) return false;
  bool on = !effort.equals("none");
  if (how == "level" && on) {
    if (!effort.is_string()) return true;
    Effort asked = protocol::effort_of(effort.inner()).value_or(Effort::medium);
    w.key("reasoning_effort").text(protocol::nearest_level(model.levels, asked));
    return true;
  }
  w.key("enable_thinking").boolean(on);
  if (!on) return false;
  w.key("preserve_thinking").raw("true");
  int64_t budget = base::number_to_int(call.request.thinking.budget).value_or(0);
  if (budget > 0) w.key("thinking_budget").number(budget);
  return true;
}

bool has_media(const chat::Request& request) {
  return std::any_of(request.blocks.begin(), request.blocks.end(),
                     [](const chat::Block& block) { return block.kind == chat::Block::Kind::media; });
}

// Members that are written anew, or that the service does not know.
bool is_replaced(Value key) {
  constexpr std::string_view kNames[] = {"messages",         "tools",       "max_completion_tokens",
                                         "reasoning_effort", "tool_choice", "metadata",
                                         "service_tier"};
  return std::find(std::begin(kNames), std::end(kNames), key.inner()) != std::end(kNames);
}

}  // namespace

void edit_body(const Call& call, std::string& out, size_t body_at) {
  json::Document document;
  std::string body = out.substr(body_at);
  if (document.parse(body) != json::Error::none) return;
  Value root = document.root();
  out.resize(body_at);
  Writer w(out);
  w.begin_object();
  bool for_portal = !has_key(call.account);
  for (auto [key, value] : root.items()) {
    if (!is_replaced(key)) w.key(key.inner()).raw(value.raw());
  }
  Value tools = root["tools"];
  if (tools && for_portal) w.key("tools").raw(tools.raw());
  if (tools && !for_portal) write_marked(w.key("tools"), tools);
  write_messages(w, root["messages"], for_portal);
  const Model& model = sent_model(call, root["model"]);
  bool thinks = write_thinking(w, call, model, root["reasoning_effort"]);
  if (Value choice = root["tool_choice"]) {
    // While it thinks it cannot be made to call a tool.
    bool forced = choice.is_object() || choice.equals("required");
    w.key("tool_choice").raw(thinks && forced ? "\"auto\"" : choice.raw());
  }
  if (Value wanted = root["max_completion_tokens"]) {
    int64_t most = model.max_output ? model.max_output : INT64_MAX;
    w.key("max_tokens").number(std::min(wanted.to_int(), most));
  }
  if (has_media(call.request)) w.key("vl_high_resolution_images").raw("true");
  w.end_object();
}

}  // namespace provider::qwen_service
