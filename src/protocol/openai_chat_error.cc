// OpenAI's error object, and the protocol's entry in the list.
#include "json/writer.h"
#include "protocol/openai_chat.h"

namespace protocol {

namespace openai_chat {

namespace {
struct Words {
  std::string_view type, code;
};
// The words that OpenAI's own API uses, where it has one for the fault.
Words words_of(chat::Fault fault) {
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
}  // namespace

void error(const chat::Error& error, std::string_view, std::string& out) {
  Words words = words_of(error.fault);
  std::string_view code = error.code.empty() ? words.code : std::string_view(error.code);
  json::Writer w(out);
  w.begin_object().key("error").begin_object();
  w.key("message").string(error.message);
  w.key("type").string(words.type);
  w.key("param");
  error.param.empty() ? w.null() : w.string(error.param);
  w.key("code");
  code.empty() ? w.null() : w.string(code);
  w.end_object().end_object();
}

}  // namespace openai_chat

namespace {
constexpr std::string_view kLastWords[] = {"[DONE]"};
}

const Protocol kOpenaiChat = {
    .origin = Origin::openai_chat,
    .name = "openai_chat",
    .last_words = kLastWords,
    .read = openai_chat::read,
    .write = openai_chat::write,
    .decoder = openai_chat::make_decoder,
    .stream_encoder = openai_chat::make_stream_encoder,
    .whole_encoder = openai_chat::make_whole_encoder,
    .error = openai_chat::error,
};

}  // namespace protocol
