// Logging in to Qwen: a code to confirm at chat.qwen.ai (device flow with PKCE), or a key of Alibaba Cloud.
#pragma once

#include <span>
#include <string>

#include "base/task.h"
#include "provider/login.h"

namespace provider::qwen_service {

std::span<const LoginMethod> login_methods();
base::Task<std::optional<chat::Error>> start_login(uint32_t req, Login& login);
base::Task<std::optional<chat::Error>> continue_login(uint32_t req, Login& login, std::string input);

}  // namespace provider::qwen_service
