#include "protocol/said_error.h"

#include "base/text.h"

namespace protocol {

namespace {

using chat::Fault;

// Vendors' words for what went wrong, and the HTTP status that each comes with where an answer has not begun.
constexpr struct {
  std::string_view word;
  int status;
} kWords[] = {
    {"rate_limit_exceeded", 429},
    {"rate_limit_error", 429},
    {"resource_exhausted", 429},
    {"insufficient_quota", 429},
    {"usage_limit_reached", 429},
    {"usage_not_included", 429},
    {"server_is_overloaded", 503},
    {"slow_down", 503},
    {"unavailable", 503},
    {"overloaded_error", 529},
    {"timeout_error", 504},
    {"deadline_exceeded", 504},
    {"invalid_api_key", 401},
    {"authentication_error", 401},
    {"unauthenticated", 401},
    {"billing_error", 402},
    {"permission_error", 403},
    {"permission_denied", 403},
    {"model_not_found", 404},
    {"not_found_error", 404},
    {"not_found", 404},
    {"request_too_large", 413},
    {"context_length_exceeded", 400},
    {"invalid_prompt", 400},
    {"invalid_encrypted_content", 400},
    {"invalid_image", 400},
    {"image_parse_error", 400},
    {"cyber_policy", 400},
    {"bio_policy", 400},
    {"previous_response_not_found", 400},
    {"invalid_argument", 400},
    {"failed_precondition", 400},
    {"invalid_request_error", 400},
};
constexpr std::string_view kSpent[] = {"insufficient_quota", "usage_limit_reached", "usage_not_included"};

int status_of(json::Value word) {
  std::string text = word.is_string() ? base::lower(word.str()) : std::string();
  for (const auto& known : kWords) {
    if (text == known.word) return known.status;
  }
  int64_t number = word.is_string() ? base::to_int(text).value_or(0) : word.to_int();
  return number >= 400 && number <= 599 ? int(number) : 0;
}

Fault fault_of(int status) {
  switch (status) {
    case 401:
    case 402:
    case 403: return Fault::upstream;  // they refuse this gateway's account, not the client
    case 404: return Fault::not_found;
    case 413: return Fault::too_large;
    case 429: return Fault::rate_limited;
    case 503:
    case 529: return Fault::overloaded;
    case 408:
    case 504: return Fault::timeout;
    default: return status < 500 ? Fault::upstream_refused : Fault::upstream;
  }
}

}  // namespace

chat::Error said_error(json::Value error) {
  chat::Error to;
  json::Value type = error["type"];
  if (type.equals("error")) type = {};
  // The code is the narrower word: {"type":"invalid_request_error","code":"insufficient_quota"}.
  json::Value words[] = {error["code"], type, error["status"]};
  for (json::Value word : words) {
    if (!to.said_status) to.said_status = status_of(word);
    if (to.code.empty() && word.is_string()) to.code = base::lower(word.str());
  }
  if (!to.said_status) to.said_status = 500;
  to.fault = fault_of(to.said_status);
  for (std::string_view spent : kSpent) {
    if (words[0].equals(spent) || words[1].equals(spent)) to.fault = Fault::quota_exhausted;
  }
  to.retry = to.fault == Fault::upstream || to.fault == Fault::rate_limited ||
             to.fault == Fault::overloaded || to.fault == Fault::timeout;
  to.retry_after = error["resets_in_seconds"].to_int(-1);
  to.param = error["param"].str();
  std::string message = error.is_string() ? error.str() : error["message"].str();
  if (message.empty()) message = error["msg"].str();  // iFlow's
  to.message = "The upstream ended its answer with an error: ";
  to.message += message.empty() ? error.raw().substr(0, 300) : std::string_view(message);
  if (to.code.empty()) to.code = "upstream_error";
  to.said = "{\"error\":";
  to.said.append(error ? error.raw() : "null") += '}';
  return to;
}

}  // namespace protocol
