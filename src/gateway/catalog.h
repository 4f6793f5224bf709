// What the gateway knows before it can choose an account: the accounts themselves, how they fare elsewhere,
// and the providers' descriptors.
#pragma once

#include <optional>

#include "base/task.h"
#include "chat/error.h"

namespace gateway {

// Makes sure that all are loaded and at most a minute old.
base::Task<std::optional<chat::Error>> load_catalog(uint32_t req);
// The descriptors have changed: the next load reads them.
void expire_descriptors();

}  // namespace gateway
