// What Qwen's and DashScope's failures mean, by the table in docs/providers/qwen.md.
#pragma once

#include "provider/provider.h"

namespace provider::qwen_service {

// A page of Alibaba's firewall came in place of an answer. False: `to` is as it was.
bool is_firewall(uint32_t status, std::string_view headers, int64_t now_ms, Verdict& to);

Verdict judge(uint32_t status, std::string_view headers, std::string_view body, int64_t now_ms);

}  // namespace provider::qwen_service
