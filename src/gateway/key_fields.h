// The settings of a client key as the admin API takes them.
#pragma once

#include <optional>
#include <string_view>

#include "account/client_key.h"
#include "chat/error.h"

namespace gateway {

// Reads `body`, a JSON object, over `key`: members that are not there stay as they are, null takes a setting
// back. An empty body changes nothing. `also`: one more member that the caller reads itself. The error names
// the member that is wrong or unknown.
std::optional<chat::Error> read_key_fields(std::string_view body, int64_t now_ms, account::ClientKey& key,
                                           std::string_view also = {});

// Fills `to` with the whole number of `body`'s member `name`, if it is there; it must lie within `low` and
// `high`.
std::optional<chat::Error> read_whole(std::string_view body, std::string_view name, int64_t low, int64_t high,
                                      int64_t& to);

}  // namespace gateway
