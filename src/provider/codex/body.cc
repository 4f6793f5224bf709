#include "provider/codex/body.h"

#include <algorithm>
#include <cstdint>

#include "base/hash.h"
#include "json/writer.h"

namespace provider::chatgpt {

namespace {

using json::Value;

// Members that go on as they are. The endpoint refuses a request for any other.
constexpr std::string_view kAllowed[] = {
    "model", "tools", "tool_choice", "parallel_tool_calls", "reasoning", "text", "client_metadata",
};
constexpr std::string_view kProof = "reasoning.encrypted_content";
constexpr size_t kMaxId = 64;

// Ids begin with the kind of their item.
constexpr struct {
  std::string_view type, prefix;
} kIds[] = {
    {"message", "msg"},
    {"reasoning", "rs"},
    {"function_call", "fc"},
    {"custom_tool_call", "ctc"},
    {"custom_tool_call_output", "ctco"},
};

bool id_fits(Value item) {
  std::string_view id = item["id"].inner();
  if (id.empty()) return true;
  for (const auto& known : kIds) {
    if (item["type"].equals(known.type) && !id.starts_with(known.prefix)) return false;
  }
  return id.size() <= kMaxId;
}

bool parts_fit(Value content) {
  for (auto [_, part] : content.items()) {
    if (part["prompt_cache_breakpoint"]) return false;
  }
  return true;
}

// Items that keep the rules, and calls that are each answered once.
bool items_fit(Value input) {
  if (!input.is_array()) return false;
  uint64_t open = 0;  // calls less their answers, by a hash of their ids
  for (auto [_, item] : input.items()) {
    bool system = item["role"].equals("system");
    bool bare = item["type"].equals("reasoning") && !item["summary"].is_array();
    std::string_view call = item["call_id"].inner();
    if (system || bare || !id_fits(item) || call.size() > kMaxId || !parts_fit(item["content"])) return false;
    if (call.empty()) continue;
    uint64_t hash = base::hash_on(base::kHashStart, call);
    open += item["type"].inner().ends_with("_output") ? -hash : hash;
  }
  return open == 0;
}

bool is_preview(Value tool) { return tool["type"].str().starts_with("web_search_preview"); }

bool tools_fit(Value tools) {
  for (auto [_, tool] : tools.items()) {
    Value schema = tool["parameters"];
    bool open = tool["type"].equals("function") && schema["type"].equals("object") && !schema["properties"];
    if (open || is_preview(tool) || tool["name"].inner().size() > kMaxId) return false;
  }
  return true;
}

// The efforts that every model has.
bool effort_fits(Value effort) {
  return !effort.has_value() || effort.equals("low") || effort.equals("medium") || effort.equals("high");
}

void append_include(Value include, json::Writer& w) {
  w.key("include").begin_array();
  bool asked = false;
  for (auto [_, each] : include.items()) {
    asked |= each.equals(kProof);
    w.raw(each.raw());
  }
  if (!asked) w.string(kProof);
  w.end_array();
}

// The endpoint keeps nothing: a thought that is only named goes without saying.
void append_input(Value input, json::Writer& w) {
  w.key("input").begin_array();
  for (auto [_, item] : input.items()) {
    bool named = item["type"].equals("item_reference") && item["id"].inner().starts_with("rs_");
    if (!named) w.raw(item.raw());
  }
  w.end_array();
}

}  // namespace

bool content_fits(Value body) {
  return !body["previous_response_id"].has_value() && items_fit(body["input"]) && tools_fit(body["tools"]) &&
         !is_preview(body["tool_choice"]) && effort_fits(body["reasoning"]["effort"]);
}
bool fits(Value body) { return body["stream"].is_true() && content_fits(body); }

void append_allowed(Value body, std::string_view session, bool compact, std::string& out) {
  json::Writer w(out);
  w.begin_object();
  for (auto [key, value] : body.items()) {
    bool allowed = std::find(std::begin(kAllowed), std::end(kAllowed), key.inner()) != std::end(kAllowed);
    bool idle = key.equals("parallel_tool_calls") && body["tools"].size() == 0;
    if (allowed && !idle) w.key(key.inner()).raw(value.raw());
  }
  append_input(body["input"], w);
  w.key("instructions").text(body["instructions"].inner());
  Value tier = body["service_tier"];  // the endpoint knows one
  if (tier.equals("priority") || tier.equals("fast")) w.key("service_tier").raw("\"priority\"");
  if (!compact) {
    w.key("store").raw("false").key("stream").raw("true");
    append_include(body["include"], w);
  }
  w.key("prompt_cache_key").string(session).end_object();
}

}  // namespace provider::chatgpt
