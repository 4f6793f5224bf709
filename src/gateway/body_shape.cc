#include "gateway/body_shape.h"

#include "gateway/surfaces.h"

namespace gateway {

namespace {

using protocol::Origin;

struct Surface {
  Origin origin;
  std::string_view title, path;
};
constexpr Surface kSurfaces[] = {
    {Origin::openai_chat, "OpenAI chat completions", "/v1/chat/completions"},
    {Origin::openai_completions, "OpenAI completions", "/v1/completions"},
    {Origin::openai_responses, "OpenAI Responses", "/v1/responses"},
    {Origin::anthropic, "Anthropic Messages", "/v1/messages"},
    {Origin::gemini, "Gemini", "/v1beta/models/{model}:generateContent"},
};

const Surface& titled(Origin origin) {
  for (const Surface& surface : kSurfaces) {
    if (surface.origin == origin) return surface;
  }
  return kSurfaces[0];
}

bool has_any(json::Value body, std::initializer_list<std::string_view> members) {
  for (std::string_view member : members) {
    if (body[member].has_value()) return true;
  }
  return false;
}

chat::Error mistaken(Origin asked, Origin shape) {
  const Surface &here = titled(asked), &there = titled(shape);
  chat::Error error;
  error.fault = chat::Fault::invalid_request;
  error.code = "wrong_surface";
  error.message = "This body looks like ";
  error.message.append(there.title).append(", but it was sent to the path of ").append(here.title);
  error.message.append(". Send it to ").append(there.path).append(", or send a body of ");
  error.message.append(here.title).append(".");
  return error;
}

bool is_marked_anthropic(json::Value body) {
  return has_any(body, {"system", "anthropic_version", "stop_sequences"});
}

bool are_siblings(Origin a, Origin b) {
  return (a == Origin::openai_chat && b == Origin::openai_responses) ||
         (a == Origin::openai_responses && b == Origin::openai_chat);
}

}  // namespace

Origin shape_of(json::Value body) {
  if (body["contents"].is_array()) return Origin::gemini;
  if (!body["messages"].has_value()) {
    if (has_any(body, {"input", "previous_response_id"})) return Origin::openai_responses;
    // Responses have a `prompt` too, an object.
    bool text = body["prompt"].is_string() || body["prompt"].is_array();
    return text ? Origin::openai_completions : Origin::none;
  }
  json::Value tool;
  for (auto [_, first] : body["tools"].items()) {
    tool = first;
    break;
  }
  if (tool["input_schema"].has_value()) return Origin::anthropic;
  if (tool["function"].has_value()) return Origin::openai_chat;
  if (is_marked_anthropic(body)) return Origin::anthropic;
  if (has_any(body, {"max_completion_tokens", "stream_options", "response_format", "reasoning_effort"}))
    return Origin::openai_chat;
  return Origin::none;
}

const protocol::Protocol* reader_of(const protocol::Protocol& asked, json::Value body, chat::Error& problem) {
  Origin shape = shape_of(body);
  // Messages without any mark of Anthropic's are a chat completion where no messages belong.
  if (shape == Origin::none && body["messages"].is_array() && asked.origin != Origin::anthropic) {
    shape = Origin::openai_chat;
  }
  // Cursor sends Claude's tools in what else is a chat completion.
  bool tools_alone = shape == Origin::anthropic && !is_marked_anthropic(body);
  if (tools_alone && asked.origin == Origin::openai_chat) return &asked;
  if (shape == Origin::none || shape == asked.origin) return &asked;
  const protocol::Protocol* sibling = are_siblings(asked.origin, shape) ? surface_of(shape) : nullptr;
  if (!sibling) problem = mistaken(asked.origin, shape);
  return sibling;
}

}  // namespace gateway
