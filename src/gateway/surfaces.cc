#include "gateway/surfaces.h"

namespace gateway {

using protocol::Origin;

const protocol::Protocol* surface_of(Origin origin) {
  for (const protocol::Protocol* known : protocol::all()) {
    if (known->origin == origin && known->read && known->error) return known;
  }
  return nullptr;
}

const protocol::Protocol& errors_of(Origin origin) {
  const protocol::Protocol* surface = surface_of(origin);
  return surface ? *surface : protocol::kOpenaiChat;
}

Origin asked_by(const http::Request& request) {
  if (!request.header("x-goog-api-key").empty() || !request.header("x-goog-api-client").empty()) {
    return Origin::gemini;
  }
  if (!request.header("anthropic-version").empty()) return Origin::anthropic;
  return Origin::openai_chat;
}

Origin meant_by(const http::Request& request, std::string_view path, bool beta) {
  struct Family {
    std::string_view path;
    Origin origin;
  };
  constexpr Family kFamilies[] = {
      {"/messages", Origin::anthropic},     {"/responses", Origin::openai_responses},
      {"/interactions", Origin::gemini},    {"/tunedModels", Origin::gemini},
      {"/cachedContents", Origin::gemini},  {"/chat/", Origin::openai_chat},
      {"/embeddings", Origin::openai_chat}, {"/completions", Origin::openai_completions},
  };
  for (const Family& family : kFamilies) {
    if (path.starts_with(family.path)) return family.origin;
  }
  bool verb = path.starts_with("/models/") && path.find(':') != path.npos && request.method == "POST";
  return beta || verb ? Origin::gemini : asked_by(request);
}

}  // namespace gateway
