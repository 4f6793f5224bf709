// Logging in with ChatGPT: the address of the page one lands on, a code to type, or an API key.
#pragma once

#include <span>
#include <string>

#include "base/task.h"
#include "provider/login.h"

namespace provider::chatgpt {

std::span<const LoginMethod> login_methods();
base::Task<std::optional<chat::Error>> start_login(uint32_t req, Login& login);
base::Task<std::optional<chat::Error>> continue_login(uint32_t req, Login& login, std::string input);

}  // namespace provider::chatgpt
