// Qwen: a login of Qwen Code (portal.qwen.ai), or a key of Alibaba Cloud (DashScope, Coding Plan, Token
// Plan).
#pragma once

#include "provider/provider.h"

namespace provider {
const Provider& qwen();
}
