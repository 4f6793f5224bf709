#include "gateway/router.h"

#include "base/apart.h"
#include "base/text.h"
#include "gateway/surfaces.h"

namespace gateway {

namespace {

using protocol::Origin;

// A path without its version; one that ends in '/' takes what follows it. `surface` none: told by header.
struct Entry {
  std::string_view method, path;
  Endpoint endpoint;
  Origin surface;
};
constexpr Entry kRoutes[] = {
    {"POST", "/chat/completions", Endpoint::generate, Origin::openai_chat},
    {"POST", "/completions", Endpoint::generate, Origin::openai_completions},
    {"POST", "/messages", Endpoint::generate, Origin::anthropic},
    {"POST", "/messages/count_tokens", Endpoint::count_tokens, Origin::anthropic},
    {"POST", "/responses", Endpoint::generate, Origin::openai_responses},
    {"POST", "/responses/input_tokens", Endpoint::count_tokens, Origin::openai_responses},
    {"POST", "/responses/compact", Endpoint::compact, Origin::openai_responses},
    {"GET", "/responses/", Endpoint::stored_response, Origin::openai_responses},
    {"DELETE", "/responses/", Endpoint::stored_response, Origin::openai_responses},
    {"POST", "/responses/", Endpoint::stored_response, Origin::openai_responses},
    {"GET", "/models", Endpoint::models, Origin::none},
    {"GET", "/models/", Endpoint::model, Origin::none},
    {"POST", "/models/", Endpoint::generate, Origin::gemini},
    {"GET", "/health", Endpoint::health, Origin::none},
    {"GET", "/metrics", Endpoint::metrics, Origin::none},
    {"GET", "/", Endpoint::home, Origin::none},
};

struct Path {
  std::string_view text;  // without provider and version: "/chat/completions"
  bool beta = false;      // the version was one of Gemini's own
};

BASE_APART chat::Error not_found(const http::Request& request) {
  chat::Error error;
  error.fault = chat::Fault::not_found;
  error.code = "unknown_url";
  error.message = "Unknown request URL: ";
  error.message.append(request.method).append(" ").append(request.path);
  error.message +=
      ". This gateway serves /v1/chat/completions, /v1/responses, /v1/messages, "
      "/v1beta/models/{model}:generateContent and /v1/models, each also under /{provider}/, and /health.";
  return error;
}

BASE_APART chat::Error wrong_method(const http::Request& request, std::string_view allowed) {
  chat::Error error;
  error.fault = chat::Fault::method_not_allowed;
  error.message = "Not allowed: ";
  error.message.append(request.method).append(" ").append(request.path);
  error.message.append(". Use ").append(allowed).append(".");
  return error;
}

BASE_APART chat::Error unknown_provider(std::string_view name) {
  chat::Error error;
  error.fault = chat::Fault::invalid_request;
  error.param = "model-provider";
  error.code = "unknown_provider";
  error.message = "Unknown provider '";
  error.message.append(name).append("'. Known providers:");
  for (const provider::Provider* known : provider::all()) error.message.append(" ").append(known->id());
  error.message += ".";
  return error;
}

// "/gemini/v1beta/models" -> provider gemini, "/models". Some clients add a version to a base URL that has
// one already ("/v1/v1/messages"), and some base URLs have none.
Path take_prefixes(std::string_view path, Route& route) {
  size_t slash = path.find('/', 1);
  if (slash != path.npos) {
    if (const provider::Provider* provider = provider::find(path.substr(1, slash - 1))) {
      route.provider = provider;
      path.remove_prefix(slash);
    }
  }
  Path out;
  for (bool again = true; again;) {
    again = false;
    for (std::string_view version : {"/v1/", "/v1beta/", "/v1alpha/"}) {
      if (!path.starts_with(version)) continue;
      out.beta = version != "/v1/";
      path.remove_prefix(version.size() - 1);
      again = true;
    }
  }
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  out.text = path;
  return out;
}

bool matches(const Entry& entry, std::string_view path) {
  if (entry.path.size() > 1 && entry.path.ends_with('/')) {
    return path.size() > entry.path.size() && path.starts_with(entry.path);
  }
  return path == entry.path;
}

// The methods of the entries that have the path of `entry`, as an Allow header has them.
std::string_view methods_of(const Entry& entry) {
  if (entry.path == "/models/") return "GET, HEAD, POST";
  if (entry.path == "/responses/") return "GET, HEAD, POST, DELETE";
  return entry.method == "POST" ? "POST" : "GET, HEAD";
}

// "gemini-2.5-pro:streamGenerateContent". False: no verb of ours.
BASE_APART bool read_verb(const http::Request& request, std::string_view rest, Route& route) {
  size_t colon = rest.rfind(':');
  if (colon == rest.npos || colon == 0) return false;
  std::string_view verb = rest.substr(colon + 1);
  route.name = base::url_decode(rest.substr(0, colon));
  route.stream = verb == "streamGenerateContent";
  route.array = route.stream && base::query_value(request.query, "alt") != "sse";
  if (verb == "countTokens") route.endpoint = Endpoint::count_tokens;
  return route.stream || verb == "generateContent" || verb == "countTokens";
}

// "resp_1/input_items". False: there is no such thing of a stored response.
BASE_APART bool read_stored(const http::Request& request, std::string_view rest, Route& route) {
  route.name = base::url_decode(base::take_until(rest, '/'));
  route.action = rest;
  if (request.method == "POST") return rest == "cancel";
  if (request.method == "DELETE") return rest.empty();
  return rest.empty() || rest == "input_items";
}

// What stands in the path and the query beside the endpoint.
bool read_rest(const http::Request& request, std::string_view rest, Route& route) {
  switch (route.endpoint) {
    case Endpoint::generate: return rest.empty() || read_verb(request, rest, route);
    case Endpoint::stored_response: return read_stored(request, rest, route);
    case Endpoint::models:
      if (base::query_value(request.query, "client_version")) route.endpoint = Endpoint::codex_models;
      return true;
    case Endpoint::model: route.name = base::url_decode(rest); return true;
    default: return true;
  }
}

}  // namespace

std::optional<chat::Error> find_route(const http::Request& request, Route& route) {
  if (request.path == "/admin" || request.path.starts_with("/admin/")) {
    route.endpoint = Endpoint::admin;
    return std::nullopt;
  }
  Path path = take_prefixes(request.path, route);
  route.surface = &errors_of(meant_by(request, path.text, path.beta));
  if (std::string_view name = request.header("model-provider"); !name.empty()) {
    route.provider = provider::find(name);
    if (!route.provider) return unknown_provider(name);
  }
  std::string_view method = request.method == "HEAD" ? "GET" : request.method;
  bool socket = base::equals_ignoring_case(request.header("upgrade"), "websocket");
  if (socket && path.text == "/responses") return route.endpoint = Endpoint::responses_socket, std::nullopt;
  const Entry* found = nullptr;
  for (const Entry& entry : kRoutes) {
    if (!matches(entry, path.text)) continue;
    if (!found || entry.method == method) found = &entry;
    if (entry.method == method) break;
  }
  if (!found && method == "POST" && path.beta && read_verb(request, path.text.substr(1), route)) {
    // The AI SDK leaves "models/" out before a name with a slash in it, such as ours are.
    if (route.endpoint != Endpoint::count_tokens) route.endpoint = Endpoint::generate;
    route.surface = surface_of(Origin::gemini);
    return std::nullopt;
  }
  if (!found) return not_found(request);
  route.allow = methods_of(*found);
  if (found->method != method) return wrong_method(request, route.allow);
  route.endpoint = found->endpoint;
  bool known = found->surface == Origin::none || surface_of(found->surface);
  if (!known || !read_rest(request, path.text.substr(found->path.size()), route)) return not_found(request);
  if (found->surface != Origin::none) route.surface = surface_of(found->surface);
  return std::nullopt;
}

}  // namespace gateway
