// Every function that crosses the border between the core and its host, once. `docs/abi.md` is its
// specification.
//
// In Wasm the imports are module "host" and the exports are functions of the instance. In native builds both
// are plain C functions: the tests' fake host defines the imports.
//
// Rules: strings are UTF-8; bytes given to an import are read only during the call; `req` names an exchange
// and `op` an operation that the host completes later, exactly once at most, with resume(req, op, status,
// size).
#pragma once

#include <cstdint>

#ifdef __wasm__
#define ISTHMUS_IMPORT(name) __attribute__((import_module("host"), import_name(#name)))
#define ISTHMUS_EXPORT(name) extern "C" __attribute__((export_name(#name), used))
#else
#define ISTHMUS_IMPORT(name)
#define ISTHMUS_EXPORT(name) extern "C"
#endif

namespace host {
constexpr uint32_t kAbiVersion = 2;

// Statuses a completion can carry beside HTTP's own.
enum : uint32_t {
  kEnd = 0,         // read: the stream has ended
  kChunk = 1,       // read: here are bytes
  kNothingYet = 2,  // fetch, head, read: nothing came within the time given; it is still awaited
  kBroken = 3,      // read: the connection broke
  kOk = 200,
  kOldSeal = 203,  // unseal: opened, but with the previous secret
  kNotFound = 404,
  kNoBinding = 501,  // ask: this deployment has no such namespace
  kNetwork = 599,    // fetch: no answer; the data is the reason
};
}  // namespace host

extern "C" {
// HTTP upstream. One upstream response is open per exchange; a new fetch closes the one before.
// message: "METHOD URL\nname: value\n...\n\nbody". Completes with the HTTP status and the head "name:
// value\n...", with kNetwork, or, when no head has come within `ms`, with kNothingYet: the request goes on,
// and head() waits for it again.
ISTHMUS_IMPORT(fetch)
void host_fetch(uint32_t req, uint32_t op, const char* message, uint32_t size, uint32_t ms);
ISTHMUS_IMPORT(head) void host_head(uint32_t req, uint32_t op, uint32_t ms);
// The next bytes of the open response, once the client has taken the last write: at least `least` of them (1
// to 64 KiB), or all that are left. `ms` bounds the wait for this call. Until one read has completed, `least`
// stays the same.
ISTHMUS_IMPORT(read) void host_read(uint32_t req, uint32_t op, uint32_t least, uint32_t ms);
// Gives the open response up.
ISTHMUS_IMPORT(close) void host_close(uint32_t req);

// Key-value storage. get completes with kOk and the value, or kNotFound. put's message is
// "KEY\nTTL-SECONDS\nvalue" (TTL 0 = for ever) and completes with kOk. erase completes with kOk. list
// completes with kOk and "key\n" per key. Any may complete with 503 and a reason.
ISTHMUS_IMPORT(get) void host_get(uint32_t req, uint32_t op, const char* key, uint32_t size);
ISTHMUS_IMPORT(put) void host_put(uint32_t req, uint32_t op, const char* message, uint32_t size);
ISTHMUS_IMPORT(erase) void host_erase(uint32_t req, uint32_t op, const char* key, uint32_t size);
ISTHMUS_IMPORT(list) void host_list(uint32_t req, uint32_t op, const char* prefix, uint32_t size);

// Durable Objects: one owner for what must not be decided twice. message: "BINDING\nNAME\nVERB\nbody", which
// asks the object NAME of the namespace BINDING. Completes with the object's own status and bytes, with 501
// when this deployment has no such namespace, or with 503 and a reason.
ISTHMUS_IMPORT(ask) void host_ask(uint32_t req, uint32_t op, const char* message, uint32_t size);

// AES-256-GCM under the Worker's secret. seal completes with kOk and printable text; unseal with kOk and the
// plain bytes, with kOldSeal and the plain bytes when it took the previous secret to open them, or 400 (not
// ours, or damaged), or 503 (no secret is configured).
ISTHMUS_IMPORT(seal) void host_seal(uint32_t req, uint32_t op, const char* plain, uint32_t size);
ISTHMUS_IMPORT(unseal) void host_unseal(uint32_t req, uint32_t op, const char* sealed, uint32_t size);

// Time. sleep completes with kOk after `ms`; park with kOk when another exchange calls wake(op), or
// kNothingYet after `ms`.
ISTHMUS_IMPORT(sleep) void host_sleep(uint32_t req, uint32_t op, uint32_t ms);
ISTHMUS_IMPORT(park) void host_park(uint32_t req, uint32_t op, uint32_t ms);
ISTHMUS_IMPORT(wake) void host_wake(uint32_t op);
// Milliseconds since 1970. Stands still between two completions.
ISTHMUS_IMPORT(now) double host_now();
ISTHMUS_IMPORT(random) void host_random(char* bytes, uint32_t size);

// The client's response, in one of two ways. Whole: answer("STATUS\nname: value\n...\n\nbody"). Streamed:
// respond with the head "STATUS\nname: value\n...\n\n", then write any number of times, then finish. The host
// then asks with cancel(req) whether the exchange goes on for the core's own sake.
ISTHMUS_IMPORT(answer) void host_answer(uint32_t req, const char* message, uint32_t size);
ISTHMUS_IMPORT(respond) void host_respond(uint32_t req, const char* head, uint32_t size);
ISTHMUS_IMPORT(write) void host_write(uint32_t req, const char* bytes, uint32_t size);
ISTHMUS_IMPORT(finish) void host_finish(uint32_t req);

// One line for the operator. level: 0 info, 1 warning, 2 error. Never holds a secret.
ISTHMUS_IMPORT(log) void host_log(uint32_t level, const char* line, uint32_t size);
}
