// What an account has at Antigravity: models, and what is left of its allowances.
#pragma once

#include <optional>
#include <vector>

#include "account/account.h"
#include "base/task.h"
#include "chat/error.h"
#include "provider/model.h"
#include "provider/quota.h"

namespace provider::gravity {

// fetchAvailableModels, without what only Antigravity's own editor uses. The account must be prepared.
base::Task<std::optional<chat::Error>> list_models(uint32_t req, account::Account& account,
                                                   std::vector<Model>& out);
// retrieveUserQuotaSummary: the windows of each family of models.
base::Task<std::optional<chat::Error>> quota(uint32_t req, account::Account& account,
                                             std::vector<Quota>& out);

}  // namespace provider::gravity
