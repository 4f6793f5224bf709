// Puts the events of an answer into an order in which one block ends before the next begins.
//
// Chat completions may interleave the arguments of parallel tool calls; Anthropic's and Responses' streams
// may not. The first open call streams on; whatever begins meanwhile is held back until that call has ended,
// which its tool_end or the finish tells.
#pragma once

#include <vector>

#include "base/arena.h"
#include "chat/event.h"

namespace chat {

class InOrder final : public Sink {
 public:
  // `to` must outlive this.
  explicit InOrder(Sink& to) : to_(to) {}

  void event(const Event& event) override;
  void usage(const Usage& usage) override { to_.usage(usage); }
  void end() override { to_.end(); }
  void fail(const Error& error) override { to_.fail(error); }

 private:
  bool goes_on(const Event& event) const;
  void hold(const Event& event);
  void release(bool all);
  bool release_call();

  Sink& to_;
  base::Arena arena_;  // what held events point to
  std::vector<Event> held_;
  bool open_ = false;  // a call is
  uint16_t choice_ = 0, index_ = 0;
};

}  // namespace chat
