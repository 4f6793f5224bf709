// Kiro's search of the web: a tool of its MCP endpoint, which its clients call when the model asks for it.
#pragma once

#include <string>

#include "account/account.h"
#include "base/task.h"
#include "provider/provider.h"

namespace provider::amazon {

base::Task<> search_web(uint32_t req, account::AccountPtr account, std::string query, Found& out);

}  // namespace provider::amazon
