// A private copy of the whole core, as an isolate has one: loaded when constructed, with statics of its own,
// and gone without a trace when destroyed. Several may live side by side in one World.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "script/core.h"

namespace fake {

using Environment = std::map<std::string, std::string>;

class Instance final : public Core {
 public:
  // Loads a copy and sends it the CONFIG message.
  Instance(World& world, const Environment& environment);
  // Whatever is still in flight is cancelled first.
  ~Instance() override;

  // A message ("POST /v1/x\nname: value\n\nbody") from a client; runs to its first wait. The host's own rules
  // apply: a body over the limit is left out, a full instance is told so.
  Exchange& send(std::string_view name, std::string_view message);
  uint32_t live() const { return live_(); }
  // The instance traps: it is never entered again, and its exchanges go on in `heir`, which says TRAP to
  // each.
  void trap_into(Instance& heir);

  void complete(uint32_t req, uint32_t op, uint32_t status, std::string_view data) override;
  bool cancel(uint32_t req) override { return cancel_(req); }

 protected:
  Exchange* at(uint32_t req, std::string_view call) override {
    return dying_ ? nullptr : Core::at(req, call);
  }
  void orphan(uint32_t req, uint32_t op) override { orphans_.emplace_back(req, op); }

 private:
  template <class Function>
  void look_up(Function& function, const char* name);
  bool open(uint32_t req, std::string_view message);

  void* library_ = nullptr;
  size_t copy_ = 0;
  uint32_t next_ = 1;
  bool dying_ = false;
  std::vector<std::pair<uint32_t, uint32_t>> orphans_;  // operations without a host, until they are failed
  char* (*open_)(uint32_t, uint32_t) = nullptr;
  void (*start_)(uint32_t) = nullptr;
  char* (*input_)(uint32_t, uint32_t) = nullptr;
  void (*resume_)(uint32_t, uint32_t, uint32_t, uint32_t) = nullptr;
  uint32_t (*cancel_)(uint32_t) = nullptr;
  uint32_t (*live_)() = nullptr;
  uint32_t (*max_body_)() = nullptr;
  void (*attach_)(Host*) = nullptr;
};

}  // namespace fake
