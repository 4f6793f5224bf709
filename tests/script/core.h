// One running core, seen from its host: takes the imports and gives them to a World.
#pragma once

#include <map>
#include <string>

#include "script/host.h"
#include "script/world.h"

namespace fake {

class Core : public Host {
 public:
  explicit Core(World& world) : world_(world) {}
  ~Core() override { world_.forget(*this); }
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  // Delivers a completion.
  virtual void complete(uint32_t req, uint32_t op, uint32_t status, std::string_view data) = 0;
  // The client has left. True: the exchange goes on until it has brought something to an end.
  virtual bool cancel(uint32_t req) = 0;
  World& world() { return world_; }

 protected:
  // The exchange that `req` names; null, and a violation, if it is over or was never there.
  virtual Exchange* at(uint32_t req, std::string_view call);
  // An operation of an exchange that is not there.
  virtual void orphan(uint32_t, uint32_t) {}

 private:
  using Kind = Operation::Kind;
  Exchange* speaking(uint32_t req, std::string_view call, bool ends = false);
  void fetch(uint32_t req, uint32_t op, std::string_view message, uint32_t ms) override;
  void head(uint32_t req, uint32_t op, uint32_t ms) override;
  void read(uint32_t req, uint32_t op, uint32_t least, uint32_t ms) override;
  void close(uint32_t req) override;
  void get(uint32_t r, uint32_t op, std::string_view t) override { start(Kind::get, r, op, t); }
  void put(uint32_t r, uint32_t op, std::string_view t) override { start(Kind::put, r, op, t); }
  void erase(uint32_t r, uint32_t op, std::string_view t) override { start(Kind::erase, r, op, t); }
  void list(uint32_t r, uint32_t op, std::string_view t) override { start(Kind::list, r, op, t); }
  void ask(uint32_t r, uint32_t op, std::string_view t) override { start(Kind::ask, r, op, t); }
  void seal(uint32_t r, uint32_t op, std::string_view t) override { start(Kind::seal, r, op, t); }
  void unseal(uint32_t r, uint32_t op, std::string_view t) override { start(Kind::unseal, r, op, t); }
  void sleep(uint32_t r, uint32_t op, uint32_t ms) override { start(Kind::sleep, r, op, {}, ms + 1); }
  void park(uint32_t r, uint32_t op, uint32_t ms) override { start(Kind::park, r, op, {}, ms); }
  void wake(uint32_t op) override { world_.wake(*this, op); }
  int64_t now() override { return world_.now_ms; }
  void random(char* bytes, uint32_t size) override;
  void answer(uint32_t req, std::string_view message) override;
  void respond(uint32_t req, std::string_view head) override;
  void write(uint32_t req, std::string_view bytes) override;
  void finish(uint32_t req) override;
  void log(uint32_t level, std::string_view line) override;
  void start(Kind kind, uint32_t req, uint32_t op, std::string_view text, uint32_t ms = 0);

  World& world_;
};

// The core that is linked into the test binary itself: for tests of single coroutines (a vault, a pool).
// Whatever request number they use is an exchange. One at a time.
class LinkedCore final : public Core {
 public:
  explicit LinkedCore(World& world) : Core(world) { attach_host(this); }
  ~LinkedCore() override { attach_host(nullptr); }
  void complete(uint32_t req, uint32_t op, uint32_t status, std::string_view data) override;
  bool cancel(uint32_t) override { return false; }

 private:
  Exchange* at(uint32_t req, std::string_view call) override;
};

}  // namespace fake
