// Which service a request asks for: by method, path and header.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "chat/error.h"
#include "http/head.h"
#include "protocol/protocol.h"
#include "provider/provider.h"

namespace gateway {

enum class Endpoint : uint8_t {
  home,
  health,
  metrics,  // for Prometheus
  admin,
  generate,          // an answer of a model, on any surface
  count_tokens,      // how many tokens a request would take, on any surface that asks
  models,            // the list, in the surface's shape
  model,             // one of it
  codex_models,      // the list as Codex asks for it
  responses_socket,  // a WebSocket in place of POST /v1/responses
  compact,           // POST /v1/responses/compact
  stored_response,   // GET, DELETE /v1/responses/{id}, POST .../cancel, GET .../input_items
};

struct Route {
  Endpoint endpoint = Endpoint::home;
  const protocol::Protocol* surface = &protocol::kOpenaiChat;  // whose errors the client understands
  const provider::Provider* provider = nullptr;                // asked for by path or header; null: any
  std::string name;         // from the path, decoded: of a model, or the id of a stored response
  std::string_view action;  // stored_response: "", "cancel" or "input_items"; a view into the request
  bool stream = false;      // Gemini, whose URL says so
  bool array = false;       // Gemini without alt=sse: the stream is one JSON array
  std::string_view allow;   // for a 405: the methods that this path has; static storage
};

// Fills `route` for `request`; what it knows of the surface stands there even when it returns an error (404,
// 405, or a provider that does not exist).
std::optional<chat::Error> find_route(const http::Request& request, Route& route);

}  // namespace gateway
