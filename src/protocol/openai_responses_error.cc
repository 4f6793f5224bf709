// OpenAI Responses: errors, both ways, and the protocol's entry in the list.
#include "host/host.h"
#include "protocol/openai_error.h"
#include "protocol/openai_responses.h"

namespace protocol {

namespace openai_responses {

namespace {

using chat::Fault;

// Clients read the delay out of the sentence, and the moment out of the members.
std::string with_delay(const chat::Error& error) {
  std::string message = error.message;
  bool limited = error.fault == Fault::rate_limited || error.fault == Fault::overloaded;
  if (!limited || error.retry_after < 0) return message;
  if (base::lower(message).find("try again in") != message.npos) return message;
  if (!message.empty() && message.back() != '.') message += '.';
  message += " Please try again in ";
  base::append_int(message, error.retry_after);
  return message + "s.";
}

std::string_view code_of(const chat::Error& error) {
  if (!error.code.empty()) return error.code;
  std::string_view code = openai_words_of(error.fault).code;
  return code.empty() ? "server_error" : code;
}

// When a limit ends, for agents that tell their user.
std::string resets(const chat::Error& error) {
  if (error.retry_after < 0) return {};
  std::string more = ",\"resets_at\":";
  base::append_int(more, host::now_ms() / 1000 + error.retry_after);
  more += ",\"resets_in_seconds\":";
  base::append_int(more, error.retry_after);
  return more;
}

constexpr int64_t kLongWait = 60;  // seconds; an agent should rather tell its user than wait

}  // namespace

void append_failure(const chat::Error& error, std::string& out) {
  json::Writer w(out);
  w.begin_object().key("code").string(code_of(error)).key("message").string(with_delay(error));
  if (error.fault == Fault::quota_exhausted) out += resets(error);
  w.end_object();
}

void error(const chat::Error& error, std::string_view, std::string& out) {
  ErrorWords words = openai_words_of(error.fault);
  bool spent = error.fault == Fault::quota_exhausted ||
               (error.fault == Fault::rate_limited && error.retry_after > kLongWait);
  if (spent && error.retry_after >= 0) words.type = "usage_limit_reached";
  chat::Error said = error;
  if (!spent) said.message = with_delay(error);
  append_openai_error(said, words, spent ? resets(error) : std::string(), out);
}

}  // namespace openai_responses

namespace {
constexpr std::string_view kLastWords[] = {"response.completed", "response.incomplete", "response.failed"};
constexpr std::string_view kForwarded[] = {"openai-beta"};
}  // namespace

const Protocol kOpenaiResponses = {
    .origin = Origin::openai_responses,
    .name = "openai_responses",
    .last_words = kLastWords,
    .forwarded = kForwarded,
    .sequential = true,
    .read = openai_responses::read,
    .write = openai_responses::write,
    .decoder = openai_responses::make_decoder,
    .stream_encoder = openai_responses::make_stream_encoder,
    .whole_encoder = openai_responses::make_whole_encoder,
    .error = openai_responses::error,
};

}  // namespace protocol
