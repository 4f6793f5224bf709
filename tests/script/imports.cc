#include <cstdlib>
#include <cstring>

#include "host/abi.h"
#include "script/host.h"

namespace {
fake::Host* attached = nullptr;

fake::Host& outside() {
  if (!attached) std::abort();  // a test without a host ran into an operation
  return *attached;
}
}  // namespace

extern "C" {
void attach_host(fake::Host* to) { attached = to; }

void host_fetch(uint32_t req, uint32_t op, const char* text, uint32_t size, uint32_t ms) {
  outside().fetch(req, op, {text, size}, ms);
}
void host_head(uint32_t req, uint32_t op, uint32_t ms) { outside().head(req, op, ms); }
void host_read(uint32_t req, uint32_t op, uint32_t least, uint32_t ms) { outside().read(req, op, least, ms); }
void host_close(uint32_t req) {
  if (attached) attached->close(req);
}
void host_get(uint32_t req, uint32_t op, const char* text, uint32_t size) {
  outside().get(req, op, {text, size});
}
void host_put(uint32_t req, uint32_t op, const char* text, uint32_t size) {
  outside().put(req, op, {text, size});
}
void host_erase(uint32_t req, uint32_t op, const char* text, uint32_t size) {
  outside().erase(req, op, {text, size});
}
void host_list(uint32_t req, uint32_t op, const char* text, uint32_t size) {
  outside().list(req, op, {text, size});
}
void host_ask(uint32_t req, uint32_t op, const char* text, uint32_t size) {
  outside().ask(req, op, {text, size});
}
void host_seal(uint32_t req, uint32_t op, const char* text, uint32_t size) {
  outside().seal(req, op, {text, size});
}
void host_unseal(uint32_t req, uint32_t op, const char* text, uint32_t size) {
  outside().unseal(req, op, {text, size});
}
void host_sleep(uint32_t req, uint32_t op, uint32_t ms) { outside().sleep(req, op, ms); }
void host_park(uint32_t req, uint32_t op, uint32_t ms) { outside().park(req, op, ms); }
void host_wake(uint32_t op) {
  if (attached) attached->wake(op);
}
double host_now() { return attached ? double(attached->now()) : 1'800'000'000'000.0; }
void host_random(char* bytes, uint32_t size) {
  attached ? attached->random(bytes, size) : (void)std::memset(bytes, 7, size);
}
void host_answer(uint32_t req, const char* text, uint32_t size) {
  if (attached) attached->answer(req, {text, size});
}
void host_respond(uint32_t req, const char* text, uint32_t size) {
  if (attached) attached->respond(req, {text, size});
}
void host_write(uint32_t req, const char* text, uint32_t size) {
  if (attached) attached->write(req, {text, size});
}
void host_finish(uint32_t req) {
  if (attached) attached->finish(req);
}
void host_log(uint32_t level, const char* text, uint32_t size) {
  if (attached) attached->log(level, {text, size});
}
}
