#include "chat/error.h"

namespace chat {

Error upstream_error(Fault fault, std::string_view message, std::string_view code) {
  Error error;
  error.fault = fault;
  error.message = message;
  error.code = code;
  error.retry = true;
  return error;
}

int status_of(const Error& error) {
  if (error.status) return error.status;
  switch (error.fault) {
    case Fault::invalid_request: return 400;
    case Fault::unauthenticated: return 401;
    case Fault::forbidden: return 403;
    case Fault::not_found: return 404;
    case Fault::method_not_allowed: return 405;
    case Fault::too_large: return 413;
    case Fault::unsupported_media: return 415;
    case Fault::rate_limited: return 429;
    case Fault::quota_exhausted: return 429;
    case Fault::no_account: return 503;
    case Fault::overloaded: return 503;
    case Fault::upstream: return 502;
    case Fault::upstream_refused: return 400;
    case Fault::timeout: return 504;
    case Fault::internal: return 500;
  }
  return 500;
}

}  // namespace chat
