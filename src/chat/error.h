// What went wrong with a request, in no protocol's words. Each surface writes it in its own shape.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace chat {

enum class Fault : uint8_t {
  invalid_request,     // 400: the body or a field of it
  unauthenticated,     // 401: no key, or not one of ours
  forbidden,           // 403: the key may not do this
  not_found,           // 404: no such route or model
  method_not_allowed,  // 405
  too_large,           // 413: the body, or one upstream event
  unsupported_media,   // 415
  rate_limited,        // 429: try again later
  quota_exhausted,     // 429: trying again soon is pointless
  no_account,          // 503: nothing is configured that could serve this
  overloaded,          // 503: the upstream or this instance is full
  upstream,            // 502: the upstream answered something unusable
  upstream_refused,    // 4xx of the upstream about this request, passed on
  timeout,             // 504: the upstream was silent for too long
  internal,            // 500: our own fault
};

struct Error {
  Fault fault = Fault::internal;
  std::string
      message;        // plain UTF-8: what happened, whose fault it is, what to do next; never holds a secret
  std::string param;  // the field at fault ("messages[2].content"), or empty
  std::string code;   // a machine-readable word ("model_not_found"), or empty
  int status = 0;     // HTTP status when it is not the fault's usual one
  int64_t retry_after = -1;  // seconds, or -1: unknown
  bool retry = false;        // could the same request succeed if sent again?
  // The upstream's own error inside an answer that began as a success, for its provider to judge: the body
  // and the HTTP status of the answer that would have said it in time. Empty: it is none.
  std::string said;
  int said_status = 0;
};

// An upstream's trouble that may pass: the same request could succeed if sent again.
Error upstream_error(Fault fault, std::string_view message, std::string_view code);

// The HTTP status to answer with.
int status_of(const Error& error);

}  // namespace chat
