// What the core asks of the outside world, as an interface: one virtual function per import of
// src/host/abi.h.
//
// Every build of the core for the tests carries imports.cc, which hands each import on to the host that is
// attached. The core that is linked into a test binary and each private copy of it (instance.h) have a host
// of their own.
#pragma once

#include <cstdint>
#include <string_view>

namespace fake {

class Host {
 public:
  virtual ~Host() = default;
  virtual void fetch(uint32_t req, uint32_t op, std::string_view message, uint32_t ms) = 0;
  virtual void head(uint32_t req, uint32_t op, uint32_t ms) = 0;
  virtual void read(uint32_t req, uint32_t op, uint32_t least, uint32_t ms) = 0;
  virtual void close(uint32_t req) = 0;
  virtual void get(uint32_t req, uint32_t op, std::string_view key) = 0;
  virtual void put(uint32_t req, uint32_t op, std::string_view message) = 0;
  virtual void erase(uint32_t req, uint32_t op, std::string_view key) = 0;
  virtual void list(uint32_t req, uint32_t op, std::string_view prefix) = 0;
  virtual void ask(uint32_t req, uint32_t op, std::string_view message) = 0;
  virtual void seal(uint32_t req, uint32_t op, std::string_view plain) = 0;
  virtual void unseal(uint32_t req, uint32_t op, std::string_view sealed) = 0;
  virtual void sleep(uint32_t req, uint32_t op, uint32_t ms) = 0;
  virtual void park(uint32_t req, uint32_t op, uint32_t ms) = 0;
  virtual void wake(uint32_t op) = 0;
  virtual int64_t now() = 0;
  virtual void random(char* bytes, uint32_t size) = 0;
  virtual void answer(uint32_t req, std::string_view message) = 0;
  virtual void respond(uint32_t req, std::string_view head) = 0;
  virtual void write(uint32_t req, std::string_view bytes) = 0;
  virtual void finish(uint32_t req) = 0;
  virtual void log(uint32_t level, std::string_view line) = 0;
};

}  // namespace fake

// Whom the imports of this build of the core talk to. With nobody attached the clock stands still, the random
// bytes are all alike, nothing is written anywhere, and an operation aborts.
extern "C" void attach_host(fake::Host* host);
