#include "gateway/count_tokens.h"

#include "chat/request_tokens.h"
#include "gateway/calibration.h"
#include "gateway/client_body.h"
#include "gateway/item_references.h"
#include "gateway/respond.h"
#include "json/escape.h"
#include "json/writer.h"

namespace gateway {

namespace {

using protocol::Origin;

// The model without the provider in front, as lessons are filed.
std::string bare_model(const chat::Request& request) {
  std::string name = json::unescaped(request.model);
  size_t slash = name.find('/');
  bool prefixed = slash != name.npos && provider::find(std::string_view(name).substr(0, slash));
  return prefixed ? name.substr(slash + 1) : name;
}

void append_count(int64_t tokens, Origin surface, std::string& out) {
  json::Writer w(out);
  w.begin_object();
  if (surface == Origin::gemini) {
    w.key("totalTokens").number(tokens);
  } else {
    if (surface == Origin::openai_responses) w.key("object").raw("\"response.input_tokens\"");
    w.key("input_tokens").number(tokens);
  }
  w.end_object();
}

}  // namespace

base::Task<> count_tokens(Exchange& exchange, const Route& route) {
  ClientBody body;
  auto problem = read_body(exchange, route, body);
  if (body.request.refers) problem = co_await read_resolved(exchange, route, body);
  if (!problem) problem = body.refused;
  if (problem) co_return answer_error(exchange, *route.surface, *problem);
  std::string model = bare_model(body.request);
  chat::InputTokens tokens = chat::estimate_input(body.request, model);
  std::string out;
  append_count(calibrated(model, tokens.text) + tokens.media, route.surface->origin, out);
  answer_json(exchange, out);
}

}  // namespace gateway
