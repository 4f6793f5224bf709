// What an OpenAI-compatible service's failures mean, on either of its wires.
#pragma once

#include "provider/provider.h"

namespace provider::openai_service {

// As Provider::judge. `rediscover` means that the endpoint is not there: the account may have the other one.
Verdict judge(uint32_t status, std::string_view headers, std::string_view body, int64_t now_ms);

// The place that this Worker sends from is refused: nobody's account is at fault, and another account may
// have another way out.
constexpr std::string_view kEgressBlocked = "egress_blocked";
Verdict egress_blocked(std::string message, int64_t now_ms);

}  // namespace provider::openai_service
