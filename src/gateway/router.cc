#include "gateway/router.h"

#include "base/text.h"

namespace gateway {

namespace {

struct Entry {
  std::string_view method, path;  // a path that ends in '/' takes what follows it
  Endpoint endpoint;
};
constexpr Entry kRoutes[] = {
    {"POST", "/v1/chat/completions", Endpoint::chat_completions},
    {"GET", "/v1/models", Endpoint::models},
    {"GET", "/v1/models/", Endpoint::model},
    {"GET", "/health", Endpoint::health},
    {"GET", "/", Endpoint::home},
};

chat::Error not_found(const http::Request& request) {
  chat::Error error;
  error.fault = chat::Fault::not_found;
  error.code = "unknown_url";
  error.message = "Unknown request URL: ";
  error.message.append(request.method).append(" ").append(request.path);
  error.message +=
      ". This gateway serves /v1/chat/completions and /v1/models, each also under /{provider}/, and /health.";
  return error;
}

chat::Error wrong_method(const http::Request& request, std::string_view right) {
  chat::Error error;
  error.fault = chat::Fault::method_not_allowed;
  error.message = "Not allowed: ";
  error.message.append(request.method)
      .append(" ")
      .append(request.path)
      .append(". Use ")
      .append(right)
      .append(".");
  return error;
}

chat::Error unknown_provider(std::string_view name) {
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

// "/gemini/v1/models" -> provider gemini, "/v1/models". Base URLs that end in /v1 make some clients say
// "/v1/v1/...".
void take_prefixes(std::string_view& path, Route& route) {
  size_t slash = path.find('/', 1);
  if (slash != path.npos) {
    if (const provider::Provider* provider = provider::find(path.substr(1, slash - 1))) {
      route.provider = provider;
      path.remove_prefix(slash);
    }
  }
  if (path.starts_with("/v1/v1/")) path.remove_prefix(3);
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
}

bool matches(const Entry& entry, std::string_view path) {
  if (entry.path.size() > 1 && entry.path.ends_with('/')) {
    return path.size() > entry.path.size() && path.starts_with(entry.path);
  }
  return path == entry.path;
}

}  // namespace

std::optional<chat::Error> find_route(const http::Request& request, Route& route) {
  std::string_view path = request.path;
  if (path == "/admin" || path.starts_with("/admin/")) {
    route.endpoint = Endpoint::admin;
    return std::nullopt;
  }
  take_prefixes(path, route);
  if (std::string_view name = request.header("model-provider"); !name.empty()) {
    route.provider = provider::find(name);
    if (!route.provider) return unknown_provider(name);
  }
  std::string_view method = request.method == "HEAD" ? "GET" : request.method;
  const Entry* found = nullptr;
  for (const Entry& entry : kRoutes) {
    if (!matches(entry, path)) continue;
    found = &entry;
    if (entry.method == method) break;
  }
  if (!found) return not_found(request);
  if (found->method != method) return wrong_method(request, found->method);
  route.endpoint = found->endpoint;
  if (route.endpoint == Endpoint::model) route.model = base::url_decode(path.substr(found->path.size()));
  return std::nullopt;
}

}  // namespace gateway
