// The list of protocols: one line each.
#include "protocol/protocol.h"

namespace protocol {

std::span<const Protocol* const> all() {
  static const Protocol* const kAll[] = {
      &kOpenaiChat, &kOpenaiResponses, &kAnthropic, &kGemini, &kCodewhisperer, &kOpenaiCompletions,
  };
  return kAll;
}

}  // namespace protocol
