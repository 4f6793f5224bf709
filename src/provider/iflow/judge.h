// What iFlow's failures mean, by the table in docs/providers/iflow.md.
#pragma once

#include "provider/provider.h"

namespace provider::iflow_service {

// `status`: HTTP's. The service's own, which stands in the body, wins.
Verdict judge(uint32_t status, std::string_view headers, std::string_view body, int64_t now_ms);

}  // namespace provider::iflow_service
