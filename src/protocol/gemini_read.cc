// Gemini: a client's request. Field rules: docs/protocol/gemini.md.
#include "protocol/gemini_read.h"

#include "protocol/gemini.h"

namespace protocol::gemini {

namespace {

using chat::Request;
using json::Value;

// A cache is known only to the Google project that made it. Its contents would be missing without a word.
Problem refuse_cache() {
  return bad_field("cached_content",
                   "cached contents belong to one Google project and cannot be reached through this gateway. "
                   "Send the whole conversation in contents.");
}

void read_service_tier(Value tier, Request& out) {
  if (tier.equals("standard")) {
    out.service_tier = "default";
  } else if (!tier.equals("unspecified")) {
    out.service_tier = tier.inner();
  }
}

Problem read_member(Value key, Value value, base::Arena& arena, Request& out) {
  if (!value.has_value()) return std::nullopt;
  if (names(key, "contents")) return read_contents(value, arena, out);
  if (names(key, "systemInstruction")) return read_system(value, out);
  if (names(key, "tools")) return read_tools(value, arena, out);
  if (names(key, "toolConfig")) return read_tool_config(value, out);
  if (names(key, "generationConfig")) return read_generation_config(value, arena, out);
  if (names(key, "cachedContent")) return refuse_cache();
  if (names(key, "serviceTier")) read_service_tier(value, out);
  return std::nullopt;
}

// mediaResolution speaks for all media that have no resolution of their own.
void spread_resolution(Value config, Request& out) {
  Value resolution = member(config, "mediaResolution");
  chat::Text detail = resolution.equals("MEDIA_RESOLUTION_LOW")    ? "low"
                      : resolution.equals("MEDIA_RESOLUTION_HIGH") ? "high"
                                                                   : "";
  if (detail.empty()) return;
  for (chat::Block& block : out.blocks) {
    if (block.kind == chat::Block::Kind::media && block.detail.empty()) block.detail = detail;
  }
}

}  // namespace

Problem read(Value body, base::Arena& arena, Request& out) {
  if (!body.is_object()) return invalid_at("body", "a JSON object", body);
  // countTokens may hold the request whole, one level down.
  if (Value whole = member(body, "generateContentRequest"); whole.is_object()) body = whole;
  out.thinking.include = "false";
  for (auto [key, value] : body.items()) {
    if (auto problem = read_member(key, value, arena, out)) return problem;
  }
  if (out.messages.empty()) return bad_field("contents", "contents is not specified");
  spread_resolution(member(body, "generationConfig"), out);
  return std::nullopt;
}

}  // namespace protocol::gemini
