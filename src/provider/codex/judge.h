// What the Codex backend's failures mean, by the table in docs/providers/codex.md.
#pragma once

#include "provider/provider.h"

namespace provider::chatgpt {

// A challenge or block page of the network in front of the upstream: nobody's account is at fault.
bool is_egress_block(uint32_t status, std::string_view headers, std::string_view body);

Verdict judge(uint32_t status, std::string_view headers, std::string_view body, int64_t now_ms);

}  // namespace provider::chatgpt
