#include "provider/antigravity/envelope.h"

#include "base/sha256.h"
#include "base/text.h"
#include "host/host.h"
#include "json/escape.h"
#include "provider/google/credits.h"

namespace provider::gravity {

namespace {

std::string uuid() { return base::uuid_of(host::random(16)); }

bool searches(const chat::Request& request) { return request.web_search && request.tools.empty(); }

std::string request_id(const Call& call) {
  if (draws(call.model)) return "image_gen/" + base::to_text(host::now_ms()) + "/" + uuid() + "/12";
  return "agent-" + uuid();
}

// The first words of the user's, escaped.
chat::Text first_words(const chat::Request& request) {
  for (const chat::Message& message : request.messages) {
    if (message.role != chat::Role::user || !message.count) continue;
    const chat::Block& block = request.blocks[message.first];
    if (block.kind == chat::Block::Kind::text && !block.body.empty()) return block.body;
  }
  return {};
}

}  // namespace

bool draws(const Model& model) { return model.wire == "image"; }

std::string session_id(const chat::Request& request, std::string_view fallback) {
  chat::Text words = first_words(request);
  if (words.empty()) return "-" + std::string(fallback);
  std::string digest = base::sha256(json::unescaped(words));
  uint64_t number = 0;
  for (size_t i = 0; i < 8; i++) number = number << 8 | uint8_t(digest[i]);
  return "-" + base::to_text(int64_t(number & 0x7fffffffffffffff));
}

void open_envelope(const Call& call, std::string& out) {
  const std::string& model = call.model.upstream.empty() ? call.model.id : call.model.upstream;
  std::string_view type = draws(call.model) ? "image_gen" : searches(call.request) ? "web_search" : "agent";
  out.append(R"({"project":")").append(json::escaped(call.account.credential.project));
  out.append(R"(","model":")").append(json::escaped(model));
  out.append(R"(","userAgent":"antigravity","requestType":")").append(type);
  out.append(R"(","requestId":")").append(request_id(call)) += '"';
  google::append_credits(call.account, call.model, "enabledCreditTypes", out);
  out.append(R"(,"request":)");
}

void add_session(const Call& call, std::string& out, size_t body_at) {
  if (draws(call.model) || searches(call.request) || out.size() <= body_at || out.back() != '}') return;
  out.pop_back();
  out.append(R"(,"sessionId":")").append(session_id(call.request, call.session)).append("\"}");
}

}  // namespace provider::gravity
