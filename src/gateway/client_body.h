// A client's body: checked, parsed, and read into the model.
#pragma once

#include <optional>

#include "chat/error.h"
#include "chat/request.h"
#include "gateway/exchange.h"
#include "gateway/router.h"
#include "json/document.h"
#include "protocol/protocol.h"

namespace gateway {

struct ClientBody {
  json::Document document;
  const protocol::Protocol* shape = nullptr;  // whose body it is: the route's surface, or its sibling
  chat::Request request;                      // views into the exchange's message and arena
  uint64_t session = 0;                       // the conversation
  // What the reader did not like about a body that an upstream of the same protocol may well understand.
  // Whoever goes through the model answers with it.
  std::optional<chat::Error> refused;

  json::Value root() const { return document.root(); }
};

// Reads the body of `exchange`. An error is the client's answer, whatever upstream would be asked.
std::optional<chat::Error> read_body(Exchange& exchange, const Route& route, ClientBody& out);

}  // namespace gateway
