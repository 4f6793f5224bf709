#include "protocol/openai_error.h"

#include "json/writer.h"

namespace protocol {

ErrorWords openai_words_of(chat::Fault fault) {
  using chat::Fault;
  switch (fault) {
    case Fault::invalid_request: return {"invalid_request_error", ""};
    case Fault::unauthenticated: return {"invalid_request_error", "invalid_api_key"};
    case Fault::forbidden: return {"permission_error", "forbidden"};
    case Fault::not_found: return {"invalid_request_error", "not_found"};
    case Fault::method_not_allowed: return {"invalid_request_error", "method_not_allowed"};
    case Fault::too_large: return {"invalid_request_error", "request_too_large"};
    case Fault::unsupported_media: return {"invalid_request_error", "unsupported_media_type"};
    case Fault::rate_limited: return {"rate_limit_error", "rate_limit_exceeded"};
    case Fault::quota_exhausted: return {"insufficient_quota", "insufficient_quota"};
    case Fault::no_account: return {"server_error", "no_account"};
    case Fault::overloaded: return {"server_error", "overloaded"};
    case Fault::upstream: return {"upstream_error", "bad_gateway"};
    case Fault::upstream_refused: return {"invalid_request_error", "upstream_refused"};
    case Fault::timeout: return {"server_error", "timeout"};
    case Fault::internal: return {"server_error", "internal_error"};
  }
  return {"server_error", ""};
}

void append_openai_error(const chat::Error& error, ErrorWords words, std::string_view more,
                         std::string& out) {
  std::string_view code = error.code.empty() ? words.code : std::string_view(error.code);
  json::Writer w(out);
  w.begin_object().key("error").begin_object();
  w.key("message").string(error.message);
  w.key("type").string(words.type);
  w.key("param");
  error.param.empty() ? w.null() : w.string(error.param);
  w.key("code");
  code.empty() ? w.null() : w.string(code);
  out += more;
  w.end_object().end_object();
}

}  // namespace protocol
