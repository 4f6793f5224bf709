// Kiro's logins that need no browser on this machine: devices and keys.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/task.h"
#include "provider/login.h"

namespace provider::amazon {

std::span<const LoginMethod> login_methods();
base::Task<std::optional<chat::Error>> start_device(uint32_t req, Login& login);
base::Task<std::optional<chat::Error>> poll_device(uint32_t req, Login& login);

// Is it a login with a device, which the two above drive?
bool is_device(const Login& login);

}  // namespace provider::amazon
