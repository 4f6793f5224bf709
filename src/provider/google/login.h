// Logging in with Google's OAuth for installed apps: the person opens a page and pastes back the code that it
// shows, or the address that their browser was sent to.
//
// What differs stands in the provider's descriptor: "authorize_url", "token_url", "userinfo_url",
// "client_id", "client_secret", "scopes", "redirect_page_url" (a page that shows the code) and
// "redirect_local_url".
#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/task.h"
#include "chat/error.h"
#include "provider/descriptor.h"
#include "provider/login.h"

namespace provider::google {

// "browser" and "loopback".
std::span<const LoginMethod> login_methods();
std::optional<chat::Error> start_login(Login& login, const Descriptor& descriptor);
// `descriptor` must be static.
base::Task<std::optional<chat::Error>> continue_login(uint32_t req, Login& login, std::string input,
                                                      const Descriptor& descriptor);

}  // namespace provider::google
