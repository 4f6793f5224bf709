// Searches of the web that an upstream leaves to its clients: its model calls a tool, which this gateway
// answers itself. A turn that ends with nothing but such calls is not the client's to see: the upstream is
// asked again with what was found, and the answer goes on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "chat/event.h"
#include "gateway/relay.h"
#include "gateway/signatures.h"

namespace gateway {

class WebSearch final : public chat::Sink {
 public:
  // `tool`: whose calls are searches; empty: none are. `to` must outlive this.
  WebSearch(std::string tool, chat::Sink& to) : tool_(std::move(tool)), to_(to) {}

  void event(const chat::Event& event) override;
  void usage(const chat::Usage& usage) override;
  void end() override;
  void fail(const chat::Error& error) override { to_.fail(error); }

  // What all turns have cost so far.
  chat::Usage total() const;
  // The turn has ended with searches, and the client waits for the rest.
  bool pending() const { return pending_; }

  // Searches, tells the client what for and what was found, and asks the upstream again. An error is the
  // answer's end.
  base::Task<std::optional<chat::Error>> go_on(Relay& relay);

 private:
  void remember_turn(chat::Request& request, base::Arena& arena);

  std::string tool_;
  chat::Sink& to_;
  // Of the turn's calls that are searches.
  std::vector<size_t> indices_;
  std::vector<std::string> ids_, arguments_;  // escaped text, as it came
  std::string said_, thought_;                // in this turn, escaped
  KeptSignature proof_;
  chat::Usage before_, now_;  // of the turns before, and of this one
  int turns_ = 0;
  bool others_ = false;  // the client's own tools were called too
  bool pending_ = false;
};

}  // namespace gateway
