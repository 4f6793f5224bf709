// Media that a client names by URL, for upstreams that take bytes only.
#pragma once

#include <optional>

#include "base/task.h"
#include "chat/error.h"
#include "chat/request.h"
#include "gateway/exchange.h"

namespace gateway {

// Downloads the http(s) media of `request` into the exchange's arena and makes them base64. URLs that Gemini
// reads itself (gs://, YouTube, its Files API) stay for `wire` Gemini; nobody else can read them. Refused:
// those, private addresses (unless MEDIA_FROM_PRIVATE_HOSTS), more than 20 MB.
base::Task<std::optional<chat::Error>> inline_media(Exchange& exchange, chat::Request& request,
                                                    chat::Origin wire);

}  // namespace gateway
