#include "gateway/respond.h"

#include <algorithm>

#include "base/text.h"
#include "config/settings.h"
#include "host/host.h"

namespace gateway {

namespace {

bool origin_allowed(std::string_view origin) {
  const auto& allowed = config::settings().cors_origins;
  return std::any_of(allowed.begin(), allowed.end(),
                     [&](const std::string& entry) { return entry == "*" || entry == origin; });
}

// Errors need these as well, or a browser hides them from the page.
void append_cors(const Exchange& exchange, std::string& head) {
  std::string_view origin = exchange.request.header("origin");
  if (origin.empty() || !origin_allowed(origin)) return;
  head.append("access-control-allow-origin: ").append(origin).append("\nvary: origin\n");
  head += "access-control-expose-headers: x-request-id, request-id, retry-after, x-should-retry\n";
}

std::string head_of(const Exchange& exchange, int status, std::string_view content_type) {
  std::string head;
  head.reserve(512);
  base::append_int(head, status);
  head += '\n';
  if (!content_type.empty()) head.append("content-type: ").append(content_type).append("\n");
  // OpenAI's SDKs read the one, Anthropic's the other.
  head.append("x-request-id: ").append(exchange.request_id).append("\n");
  head.append("request-id: ").append(exchange.request_id).append("\n");
  append_cors(exchange, head);
  return head;
}

}  // namespace

void answer(Exchange& exchange, int status, std::string_view content_type, std::string_view body,
            std::string_view headers) {
  std::string message = head_of(exchange, status, content_type);
  message.reserve(message.size() + headers.size() + body.size() + 1);
  message.append(headers).append("\n").append(body);
  exchange.responded = true;
  host::answer(exchange.id, message);
}

void answer_in_place(Exchange& exchange, int status, std::string_view content_type, std::string& body) {
  body.insert(0, head_of(exchange, status, content_type) + "\n");
  exchange.responded = true;
  host::answer(exchange.id, body);
}

void answer_json(Exchange& exchange, std::string_view body) {
  answer(exchange, 200, "application/json", body);
}

void answer_error(Exchange& exchange, const protocol::Protocol& surface, const chat::Error& error,
                  std::string_view more) {
  std::string body, headers(more);
  surface.error(error, exchange.request_id, body);
  if (exchange.array) body = "[" + body + "]";
  if (error.retry_after >= 0) {
    headers += "retry-after: ";
    base::append_int(headers, error.retry_after);
    headers += '\n';
  }
  // Anthropic's SDK would sit out any delay; nobody waits longer than this with a request in hand.
  constexpr int64_t kLongestWait = 60;
  if (!error.retry || error.retry_after > kLongestWait) headers += "x-should-retry: false\n";
  answer(exchange, protocol::status_of(surface, error), "application/json", body, headers);
}

void begin_stream(Exchange& exchange, std::string_view content_type) {
  std::string head = head_of(exchange, 200, content_type);
  // no-transform: a proxy that compresses would hold events back.
  head += "cache-control: no-cache, no-transform\nx-accel-buffering: no\n\n";
  exchange.responded = true;
  host::respond(exchange.id, head);
}

void answer_preflight(Exchange& exchange) {
  std::string_view origin = exchange.request.header("origin");
  std::string headers;
  if (!origin.empty() && origin_allowed(origin)) {
    // Echoed, because "*" never covers Authorization.
    std::string_view wanted = exchange.request.header("access-control-request-headers");
    headers +=
        "access-control-allow-methods: GET, POST, PUT, PATCH, DELETE, OPTIONS\naccess-control-max-age: "
        "86400\n";
    if (!wanted.empty()) headers.append("access-control-allow-headers: ").append(wanted).append("\n");
  }
  answer(exchange, 204, {}, {}, headers);
}

}  // namespace gateway
