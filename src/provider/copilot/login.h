// GitHub's device login.
#pragma once

#include <span>

#include "base/task.h"
#include "json/document.h"
#include "provider/login.h"

namespace provider::github {

std::span<const LoginMethod> login_methods();
base::Task<std::optional<chat::Error>> start_login(uint32_t req, Login& login);
// Not done while the person has not allowed access yet.
base::Task<std::optional<chat::Error>> continue_login(uint32_t req, Login& login, std::string input);

// A file of an editor, of the Copilot CLI's imitators, or a bare GitHub token under "github_token".
bool adopt(json::Value file, account::Credential& out);
// Takes a Worker variable's token.
bool configured(account::Credential& out);

}  // namespace provider::github
