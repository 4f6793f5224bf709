// Google's error object, and the protocol's entry in the list.
#include "base/text.h"
#include "json/writer.h"
#include "protocol/gemini.h"

namespace protocol {

namespace gemini {

namespace {

// The word of google.rpc.Code for an HTTP status.
std::string_view word_of(int status) {
  switch (status) {
    case 401: return "UNAUTHENTICATED";
    case 403: return "PERMISSION_DENIED";
    case 404: return "NOT_FOUND";
    case 405: return "UNIMPLEMENTED";
    case 409: return "ABORTED";
    case 429: return "RESOURCE_EXHAUSTED";
    case 499: return "CANCELLED";
    case 502:
    case 503: return "UNAVAILABLE";
    case 408:
    case 504: return "DEADLINE_EXCEEDED";
    default: return status >= 500 ? "INTERNAL" : "INVALID_ARGUMENT";
  }
}

json::Writer& begin_detail(json::Writer& w, std::string_view type) {
  std::string name = "type.googleapis.com/google.rpc." + std::string(type);
  return w.begin_object().key("@type").text(name);
}

void write_violation(const chat::Error& error, json::Writer& w) {
  begin_detail(w, "BadRequest").key("fieldViolations").begin_array().begin_object();
  w.key("field").string(error.param).key("description").string(error.message);
  w.end_object().end_array().end_object();
}

// {"reason":"MODEL_NOT_FOUND","domain":"isthmus"}
void write_reason(std::string_view code, json::Writer& w) {
  std::string reason(code);
  for (char& c : reason) c = c >= 'a' && c <= 'z' ? char(c - 32) : c;
  begin_detail(w, "ErrorInfo").key("reason").string(reason).key("domain").text("isthmus").end_object();
}

// Gemini CLI gives up at once on a quota "PerDay" and waits for any other.
void write_quota(const chat::Error& error, json::Writer& w) {
  begin_detail(w, "QuotaFailure").key("violations").begin_array().begin_object();
  w.key("quotaId").text("AccountQuotaPerDay").key("description").string(error.message);
  w.end_object().end_array().end_object();
}

void write_delay(int64_t seconds, json::Writer& w) {
  std::string delay = base::to_text(seconds) + "s";
  begin_detail(w, "RetryInfo").key("retryDelay").text(delay).end_object();
}

void write_request_id(std::string_view id, json::Writer& w) {
  begin_detail(w, "RequestInfo").key("requestId").string(id).end_object();
}

void write_details(const chat::Error& error, std::string_view request_id, json::Writer& w) {
  bool bad_key = error.fault == chat::Fault::unauthenticated;
  w.key("details").begin_array();
  if (!error.param.empty()) write_violation(error, w);
  if (bad_key || !error.code.empty()) write_reason(bad_key ? "API_KEY_INVALID" : error.code, w);
  if (error.fault == chat::Fault::quota_exhausted) write_quota(error, w);
  if (error.retry_after >= 0) write_delay(error.retry_after, w);
  if (!request_id.empty()) write_request_id(request_id, w);
  w.end_array();
}

}  // namespace

void error(const chat::Error& error, std::string_view request_id, std::string& out) {
  int status = chat::status_of(error);
  json::Writer w(out);
  w.begin_object().key("error").begin_object();
  w.key("code").number(status).key("message").string(error.message).key("status").text(word_of(status));
  write_details(error, request_id, w);
  w.end_object().end_object();
}

}  // namespace gemini

namespace {
constexpr std::string_view kLastWords[] = {"\"finishReason\""};
}

const Protocol kGemini = {
    .origin = Origin::gemini,
    .name = "gemini",
    .last_words = kLastWords,
    .ends_with_stream = true,
    .model_in_body = false,
    .sequential = true,
    .read = gemini::read,
    .write = gemini::write,
    .decoder = gemini::make_decoder,
    .stream_encoder = gemini::make_stream_encoder,
    .whole_encoder = gemini::make_whole_encoder,
    .error = gemini::error,
};

}  // namespace protocol
