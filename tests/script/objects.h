// The Durable Objects of js-shim/ledger.js and js-shim/meter.js, as far as a test needs them: in memory, with
// the World's clock, and with faults.
#pragma once

#include <map>
#include <string>

#include "gateway/usage.h"
#include "script/world.h"

namespace fake {

enum class Mood : uint8_t {
  works,
  fails,   // answers 503 and does nothing
  forgets  // does what it is asked and answers 503: the answer was lost on the way
};

struct LedgerObject {
  Mood mood = Mood::works;
  int batches = 0;  // that came, whether they were counted or not
  gateway::UsageRows rows;
  std::map<std::string, int64_t> senders;

  Result ask(std::string_view verb, std::string_view body);
};

struct MeterObject {
  struct Key {
    int64_t minute_ends_ms = 0, requests = 0, day = 0, tokens = 0;
  };
  Mood mood = Mood::works;
  int asked = 0;
  std::map<std::string, Key> keys;

  Result ask(const std::string& name, std::string_view verb, std::string_view body, int64_t now_ms);
};

// Binds them in `world`; they must outlive it.
void bind(World& world, LedgerObject& ledger);
void bind(World& world, MeterObject& meter);

}  // namespace fake
