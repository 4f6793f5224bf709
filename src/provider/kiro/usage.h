// What is left of an account's credits, and which models it may use.
#pragma once

#include <optional>
#include <vector>

#include "account/account.h"
#include "base/task.h"
#include "chat/error.h"
#include "provider/model.h"
#include "provider/quota.h"

namespace provider::amazon {

base::Task<std::optional<chat::Error>> usage(uint32_t req, account::Account& account,
                                             std::vector<Quota>& out);
// The models that the account's plan has; what the descriptor knows of one comes along.
base::Task<std::optional<chat::Error>> list_models(uint32_t req, account::Account& account,
                                                   std::vector<Model>& out);

}  // namespace provider::amazon
