#include "gateway/client_body.h"

#include "base/apart.h"
#include "base/text.h"
#include "chat/call_ids.h"
#include "gateway/body_shape.h"
#include "gateway/conversation.h"
#include "gateway/signatures.h"
#include "json/escape.h"
#include "protocol/opaque.h"
#include "protocol/problem.h"

namespace gateway {

namespace {

using Problem = std::optional<chat::Error>;

BASE_APART chat::Error unsupported(std::string_view message) {
  chat::Error error;
  error.fault = chat::Fault::unsupported_media;
  error.message = message;
  return error;
}

BASE_APART chat::Error bad_encoding(std::string_view encoding, bool damaged) {
  if (!damaged) {
    return unsupported("Unsupported content-encoding: send gzip, deflate, br, zstd, or nothing compressed.");
  }
  chat::Error error;
  error.fault = chat::Fault::invalid_request;
  error.code = "invalid_encoding";
  error.message = "The request body is not valid ";
  error.message.append(encoding).append(" data, although its content-encoding says so.");
  return error;
}

// The host decompresses, and says what came of it.
Problem check_encoding(const http::Request& request) {
  std::string_view encoding = request.header("content-encoding");
  std::string_view outcome = request.header("x-isthmus-encoding");
  if (encoding.empty() || encoding == "identity" || outcome == "decoded") return std::nullopt;
  return bad_encoding(encoding, outcome == "damaged");
}

Problem check_content_type(const http::Request& request) {
  std::string_view type = request.header("content-type");
  if (type.empty() || type.find("json") != type.npos) return std::nullopt;
  return unsupported("Unsupported content-type: send 'content-type: application/json'.");
}

BASE_APART chat::Error bad_json(json::Error error, size_t at) {
  chat::Error problem;
  problem.fault = chat::Fault::invalid_request;
  problem.code = "invalid_json";
  problem.message = "The request body is ";
  problem.message.append(json::describe(error)).append(" (at byte ");
  base::append_int(problem.message, int64_t(at));
  problem.message += ").";
  return problem;
}

Problem parse(std::string_view body, json::Document& document) {
  json::Error error = document.parse(body);
  if (error == json::Error::none) return std::nullopt;
  return bad_json(error, document.error_offset());
}

// The URL names model and mode where the body does not.
void read_url(Exchange& exchange, const Route& route, chat::Request& request) {
  request.model = exchange.arena.copy(json::escaped(route.name));
  request.stream = route.stream;
}

// Who only counts sets no limit to the answer.
BASE_APART bool is_missing_limit(const Route& route, json::Value body, const chat::Error& problem) {
  return route.endpoint == Endpoint::count_tokens && problem.param == "max_tokens" && !body["max_tokens"];
}

// Each piece of an answer is searched for each sequence (stop_filter.h). No service takes more than a few.
constexpr size_t kMaxStops = 64;
BASE_APART chat::Error too_many_stops(protocol::Origin origin) {
  std::string_view field = origin == protocol::Origin::anthropic ? "stop_sequences"
                           : origin == protocol::Origin::gemini  ? "generation_config.stop_sequences"
                                                                 : "stop";
  return protocol::invalid_value(field, "at most 64 sequences are taken");
}

// What would live on with the one account that answered: the next request may go to another.
bool asks_for_state(json::Value body) {
  for (std::string_view member : {"thread", "conversation", "previous_response_id"}) {
    if (body[member].has_value()) return true;
  }
  return body["background"].is_true();
}

// Could the body go on as it is although the reader refused it? What the gateway itself must know is the
// model, whether to stream, that nothing in it is wrapped for another upstream, and that no upstream is to
// keep the conversation.
BASE_APART bool may_pass_on(const Exchange& exchange, const ClientBody& body) {
  json::Value root = body.root(), stream = root["stream"];
  if (!root.is_object() || protocol::holds_packed(exchange.request.body)) return false;
  if (asks_for_state(root)) return false;
  if (!body.shape->model_in_body) return true;
  bool stream_is_clear = !stream || stream.is_null() || stream.is(json::Kind::boolean);
  return root["model"].is_string() && !root["model"].inner().empty() && stream_is_clear;
}

}  // namespace

Problem read_body(Exchange& exchange, const Route& route, ClientBody& out) {
  if (auto problem = check_encoding(exchange.request)) return problem;
  if (auto problem = check_content_type(exchange.request)) return problem;
  if (auto problem = parse(exchange.request.body, out.document)) return problem;
  chat::Error mistaken;
  out.shape = reader_of(*route.surface, out.root(), mistaken);
  if (!out.shape) return mistaken;
  auto problem = out.shape->read(out.root(), exchange.arena, out.request);
  if (!problem && out.request.stop.size() > kMaxStops) problem = too_many_stops(out.shape->origin);
  if (problem && !is_missing_limit(route, out.root(), *problem)) {
    if (!may_pass_on(exchange, out)) return problem;
    out.refused = std::move(problem);
    out.request.model = out.root()["model"].inner();
    out.request.stream = out.root()["stream"].is_true();
  }
  if (!out.shape->model_in_body) read_url(exchange, route, out.request);
  std::erase(out.request.stop, chat::Text());  // it would end every answer before its first letter
  restore_signatures(out.request, exchange.arena);
  keep_call_ids_apart(out.request, exchange.arena);
  out.session = conversation_of(exchange.request, out.root(), out.request);
  return std::nullopt;
}

}  // namespace gateway
