// What Copilot says of an account's models and allowance.
#pragma once

#include <vector>

#include "account/account.h"
#include "base/task.h"
#include "provider/model.h"
#include "provider/provider.h"
#include "provider/quota.h"

namespace provider::github {

// The models that can be used: for chats, with tools, in the picker and not switched off by policy.
void read_models(json::Value root, std::vector<Model>& out);

base::Task<std::optional<chat::Error>> discover(uint32_t req, account::Account& account,
                                                std::vector<Model>& out);
base::Task<std::optional<chat::Error>> quota(uint32_t req, account::Account& account,
                                             std::vector<Quota>& out);

// The allowances in the account's own record, of people who pay and of those who do not.
void read_quotas(json::Value root, std::vector<Quota>& out);

}  // namespace provider::github
