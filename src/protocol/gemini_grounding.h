// What Google's search found, as search events. It comes with the last chunks of an answer and each time
// whole, so that the latest counts.
#pragma once

#include <string>
#include <vector>

#include "chat/event.h"
#include "json/document.h"

namespace protocol::gemini {

class Grounding {
 public:
  // Takes a candidate's groundingMetadata; what says nothing changes nothing.
  void read(json::Value metadata);
  // One event per query, all sources with the first.
  void say(uint16_t choice, chat::Sink& sink) const;

 private:
  std::vector<std::string> queries_;  // escaped
  std::string sources_;               // elements of an array of {"url","title"}
};

}  // namespace protocol::gemini
