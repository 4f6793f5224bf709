// Anthropic Messages: errors, and the protocol's entry.
#include "json/writer.h"
#include "protocol/anthropic.h"

namespace protocol {

namespace anthropic {

namespace {

using chat::Fault;

struct Kind {
  int status;
  std::string_view type;
};
constexpr Kind kByStatus[] = {
    {400, "invalid_request_error"},
    {401, "authentication_error"},
    {402, "billing_error"},
    {403, "permission_error"},
    {404, "not_found_error"},
    {405, "invalid_request_error"},
    {409, "conflict_error"},
    {413, "request_too_large"},
    {415, "invalid_request_error"},
    {422, "invalid_request_error"},
    {429, "rate_limit_error"},
    {500, "api_error"},
    {502, "api_error"},
    {503, "api_error"},
    {504, "timeout_error"},
    {529, "overloaded_error"},
};

std::string_view type_of(int status) {
  for (const Kind& kind : kByStatus) {
    if (kind.status == status) return kind.type;
  }
  return status >= 400 && status < 500 ? "invalid_request_error" : "api_error";
}

}  // namespace

int http_status(const chat::Error& error) {
  if (error.status) return error.status;
  return error.fault == Fault::overloaded ? 529 : chat::status_of(error);
}

void error(const chat::Error& error, std::string_view request_id, std::string& out) {
  json::Writer w(out);
  w.begin_object().key("type").raw("\"error\"").key("error").begin_object();
  w.key("type").string(type_of(http_status(error)));
  w.key("message").string(error.message);
  if (!error.code.empty()) {
    w.key("details").begin_object().key("error_code").string(error.code).end_object();
  }
  w.end_object();
  if (!request_id.empty()) w.key("request_id").string(request_id);
  w.end_object();
}

}  // namespace anthropic

namespace {
constexpr std::string_view kLastWords[] = {"message_stop"};
constexpr std::string_view kForwarded[] = {"anthropic-version", "anthropic-beta"};
}  // namespace

const Protocol kAnthropic = {
    .origin = Origin::anthropic,
    .name = "anthropic",
    .last_words = kLastWords,
    .forwarded = kForwarded,
    .sequential = true,
    .read = anthropic::read,
    .write = anthropic::write,
    .decoder = anthropic::make_decoder,
    .stream_encoder = anthropic::make_stream_encoder,
    .whole_encoder = anthropic::make_whole_encoder,
    .error = anthropic::error,
    .status = anthropic::http_status,
};

}  // namespace protocol
