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

enum class Endpoint : uint8_t { home, health, admin, chat_completions, models, model };

struct Route {
  Endpoint endpoint = Endpoint::home;
  const protocol::Protocol* surface = &protocol::kOpenaiChat;  // whose errors the client understands
  const provider::Provider* provider = nullptr;                // asked for by path or header; null: any
  std::string model;                                           // model: from the path, decoded
};

// Fills `route` for `request`; what it knows of the surface stands there even when it returns an error (404,
// 405, or a provider that does not exist).
std::optional<chat::Error> find_route(const http::Request& request, Route& route);

}  // namespace gateway
