// Logging in to iFlow: the address of the page one lands on, a browser's cookie, or a key.
#pragma once

#include <span>
#include <string>

#include "base/task.h"
#include "provider/login.h"

namespace provider::iflow_service {

std::span<const LoginMethod> login_methods();
std::optional<chat::Error> start_login(Login& login);
base::Task<std::optional<chat::Error>> continue_login(uint32_t req, Login& login, std::string input);

}  // namespace provider::iflow_service
