// Small HTTP calls of the control plane: token endpoints, discovery, model lists. Not for generations.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/task.h"
#include "json/document.h"

namespace provider {

struct Answer {
  uint32_t status = 0;  // HTTP's, or host::kNetwork
  std::string headers;
  std::string body;  // at most 4 MiB are read
  bool ok() const { return status >= 200 && status < 300; }
  // The body, parsed into `document`; nothing if it is not JSON.
  json::Value json(json::Document& document) const;
};

// Sends `message` ("METHOD URL\nname: value\n...\n\nbody") and reads the whole answer. `ms` bounds every
// wait.
base::Task<Answer> call(uint32_t req, std::string message, uint32_t ms = 20'000);
// The same for the trade of a secret that is good for one use, a refresh token: while the exchange refreshes
// an account, by way of the account's vault, which never sends it twice.
base::Task<Answer> call_once(uint32_t req, std::string message);

}  // namespace provider
