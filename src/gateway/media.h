// Media that a client names by URL, for upstreams that take bytes only.
#pragma once

#include <optional>

#include "base/task.h"
#include "chat/error.h"
#include "chat/request.h"
#include "gateway/exchange.h"

namespace gateway {

// Downloads the http(s) media of `request` into the exchange's arena and makes them base64. What stays as it
// is: URLs that Gemini reads itself (gs://, YouTube, its Files API) for `wire` Gemini, which nobody else can
// read; and with `by_url` what `wire` names by an https URL and its upstream loads. Refused: Gemini's own for
// others, and of what is downloaded private addresses (unless MEDIA_FROM_PRIVATE_HOSTS) and more than 20 MB.
base::Task<std::optional<chat::Error>> inline_media(Exchange& exchange, chat::Request& request,
                                                    chat::Origin wire, bool by_url);

}  // namespace gateway
