#pragma once

#include "provider/provider.h"

namespace provider::amazon {

// The verdict on a failure of Kiro, by the table in docs/providers/kiro.md. `status` 200: the error came
// inside an answer, its type in "x-amzn-errortype".
Verdict judge(uint32_t status, std::string_view headers, std::string_view body, int64_t now_ms);

}  // namespace provider::amazon
