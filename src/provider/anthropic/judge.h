// The verdict on a failure of Anthropic's API, by the table in docs/providers/anthropic.md.
#pragma once

#include "provider/provider.h"

namespace provider::anthropic_errors {

Verdict judge(uint32_t status, std::string_view headers, std::string_view body, int64_t now_ms);

}  // namespace provider::anthropic_errors
