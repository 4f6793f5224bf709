// Calls of Kiro's control plane: profiles, models, usage.
#pragma once

#include <string>
#include <string_view>

#include "account/account.h"
#include "base/task.h"
#include "provider/call.h"

namespace provider::amazon {

// POSTs `body` to `operation` ("ListAvailableModels") at the management host of `region`, and where that does
// not know it, at the older host.
base::Task<Answer> control(uint32_t req, const account::Account& account, std::string region,
                           std::string operation, std::string body);

}  // namespace provider::amazon
