// The accounts' Durable Objects as the fake host has them: what js-shim/vault.js does, in memory.
// tests/edge/vault.test.mjs holds the real ones to the same rules.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "script/world.h"

namespace fake {

class Vaults {
 public:
  // The binding VAULT of `world` from now on. Must outlive it.
  explicit Vaults(World& world);
  Vaults(const Vaults&) = delete;
  Vaults& operator=(const Vaults&) = delete;

  // Answers a trade: "STATUS\nheaders\n\nbody" for "METHOD URL\nheaders\n\nbody".
  std::function<std::string(std::string_view message)> upstream;
  // KV lags: what is written becomes visible only with show_written().
  bool lags = false;
  void show_written();

 private:
  struct Object {
    int64_t generation = 0;
    std::string sealed, token;
    int64_t until_ms = 0;  // of the lease
    bool sent = false;     // its holder has had an answer to a trade
    std::map<std::string, std::string> journal;
  };
  Result ask(const std::string& name, const std::string& verb, std::string_view body);
  Result write(Object& object, const std::string& name, int64_t generation, std::string_view sealed);
  Result send(Object& object, std::string_view message);
  bool leased(const Object& object) const { return object.until_ms > world_.now_ms; }

  World& world_;
  std::map<std::string, Object> objects_;
  std::vector<std::pair<std::string, std::string>> written_;
  uint64_t tokens_ = 0;
};

}  // namespace fake
