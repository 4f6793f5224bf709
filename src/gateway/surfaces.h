// The four surfaces that clients speak, and how to tell which one a request was meant for.
#pragma once

#include "http/head.h"
#include "protocol/protocol.h"

namespace gateway {

// The surface of `origin`; null if this build has no reader for it.
const protocol::Protocol* surface_of(protocol::Origin origin);
// The surface whose errors a client of `origin` understands: its own, or OpenAI's where there is none.
const protocol::Protocol& errors_of(protocol::Origin origin);

// Whose client asks, by the headers that the official SDKs send: Gemini's key or client header, Anthropic's
// version header, else OpenAI.
protocol::Origin asked_by(const http::Request& request);

// The surface that a path outside the routes belongs to: by the API that has such paths, else by header.
// `path` is without version; `beta`: the version was Gemini's.
protocol::Origin meant_by(const http::Request& request, std::string_view path, bool beta);

}  // namespace gateway
