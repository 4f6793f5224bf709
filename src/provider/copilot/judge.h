// What Copilot's failures mean, by the table in docs/providers/github-copilot.md.
#pragma once

#include "provider/provider.h"

namespace provider::github {

Verdict judge(uint32_t status, std::string_view headers, std::string_view body, int64_t now_ms);

}  // namespace provider::github
