#include "script/core.h"

#include "base/text.h"
#include "host/host.h"

namespace fake {

Exchange* Core::at(uint32_t req, std::string_view call) {
  Exchange* exchange = world_.find(*this, req);
  if (exchange && exchange->parted && !exchange->lingers) return nullptr;  // a dying coroutine is not heard
  if (!exchange) world_.violation(exchange, std::string(call) + " after the end");
  return exchange;
}

// The same for what goes to the client, who hears nothing once it has its answer or has left.
Exchange* Core::speaking(uint32_t req, std::string_view call, bool ends) {
  Exchange* exchange = at(req, call);
  if (!exchange) return nullptr;
  bool hears = !exchange->finished && !exchange->left;
  if (exchange->finished && !exchange->lingers)
    world_.violation(exchange, std::string(call) + " after the end");
  exchange->parting |= ends;  // the host looks when this turn of the core is over
  return hears ? exchange : nullptr;
}

void Core::start(Kind kind, uint32_t req, uint32_t op, std::string_view text, uint32_t ms) {
  Exchange* exchange = at(req, "an operation");
  if (!exchange) return orphan(req, op);
  world_.start({kind, exchange, op, std::string(text), ms ? world_.now_ms + ms : 0});
}

void Core::fetch(uint32_t req, uint32_t op, std::string_view message, uint32_t ms) {
  Exchange* exchange = at(req, "fetch");
  if (!exchange) return;
  if (Fetch* before = exchange->fetch()) before->closed = true;
  size_t blank = message.find("\n\n");
  if (blank == message.npos) return world_.violation(exchange, "fetch without a blank line");
  Fetch& fetch = exchange->fetches.emplace_back();
  std::string_view head = message.substr(0, blank + 1);
  std::string_view start = base::take_until(head, '\n');
  fetch.method = base::take_until(start, ' ');
  fetch.url = start;
  fetch.headers = head;
  fetch.body = message.substr(blank + 2);
  world_.start({Kind::fetch, exchange, op, {}, world_.now_ms + ms});
  if (world_.on_fetch) world_.on_fetch(*exchange, fetch);
}

void Core::head(uint32_t req, uint32_t op, uint32_t ms) {
  Exchange* exchange = at(req, "head");
  if (!exchange) return;
  bool asked = exchange->fetch() && !exchange->fetch()->closed;
  if (!asked) return world_.violation(exchange, "head without a fetch");
  world_.start({Kind::fetch, exchange, op, {}, world_.now_ms + ms});
}

void Core::read(uint32_t req, uint32_t op, uint32_t least, uint32_t ms) {
  Exchange* exchange = at(req, "read");
  if (!exchange) return;
  bool open = exchange->fetch() && exchange->fetch()->status && !exchange->fetch()->closed;
  if (!open) return world_.violation(exchange, "read without an open response");
  world_.start({Kind::read, exchange, op, {}, world_.now_ms + ms, false, least});
}

void Core::close(uint32_t req) {
  Exchange* exchange = at(req, "close");
  if (exchange && exchange->fetch()) exchange->fetch()->closed = true;
}

void Core::random(char* bytes, uint32_t size) {
  for (uint32_t i = 0; i < size; i++) bytes[i] = char(world_.random() >> 24);
}

void Core::answer(uint32_t req, std::string_view message) {
  Exchange* exchange = speaking(req, "answer", true);
  if (!exchange) return;
  if (exchange->responded()) return world_.violation(exchange, "answer after respond");
  size_t blank = message.find("\n\n");
  if (blank == message.npos) return world_.violation(exchange, "answer without a blank line");
  exchange->head = message.substr(0, blank + 1);
  exchange->body = message.substr(blank + 2);
  exchange->whole = exchange->finished = true;
  if (exchange->fetch()) exchange->fetch()->closed = true;
}

void Core::respond(uint32_t req, std::string_view head) {
  Exchange* exchange = speaking(req, "respond");
  if (!exchange) return;
  if (exchange->responded()) return world_.violation(exchange, "respond twice");
  exchange->head = head.substr(0, head.size() - head.ends_with("\n\n"));
}

void Core::write(uint32_t req, std::string_view bytes) {
  Exchange* exchange = speaking(req, "write");
  if (!exchange) return;
  if (!exchange->responded()) return world_.violation(exchange, "write before respond");
  exchange->body += bytes;
  exchange->wrote = true;
}

void Core::finish(uint32_t req) {
  Exchange* exchange = speaking(req, "finish", true);
  if (!exchange) return;
  exchange->finished = true;
  if (exchange->fetch()) exchange->fetch()->closed = true;
}

void Core::log(uint32_t, std::string_view line) { world_.log.emplace_back(line); }

void LinkedCore::complete(uint32_t, uint32_t op, uint32_t status, std::string_view data) {
  host::Operation::complete(op, {status, data});
}

Exchange* LinkedCore::at(uint32_t req, std::string_view) {
  Exchange* exchange = world().find(*this, req);
  return exchange ? exchange : &world().open(*this, req, "linked");
}

}  // namespace fake
