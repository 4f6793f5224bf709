// Verdicts on Antigravity's failures: Google's own (google/errors.h), and what is peculiar to this door.
#pragma once

#include <cstdint>
#include <string_view>

#include "provider/provider.h"

namespace provider::gravity {

Verdict judge(uint32_t status, std::string_view headers, std::string_view body, int64_t now_ms);

}  // namespace provider::gravity
