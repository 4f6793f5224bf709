// iFlow's key, with which everything is asked: how it is made out of a login or a cookie, and made anew.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "account/account.h"
#include "base/task.h"
#include "chat/error.h"
#include "json/document.h"
#include "provider/descriptor.h"

namespace provider::iflow_service {

// The provider's data.
Descriptor& descriptor();

std::string base_of(const account::Account& account);

// Redeems `grant`, the beginning of a form ("grant_type=..."), for tokens. What the answer leaves out is
// kept. `dead` becomes true where only a person can help.
base::Task<std::optional<chat::Error>> redeem(uint32_t req, account::Credential& to, std::string grant,
                                              bool* dead);
// Asks for the key that belongs to the access token, and for whose it is.
base::Task<std::optional<chat::Error>> derive_key(uint32_t req, account::Credential& to, bool* dead);
// Has the platform make a new key, for the cookie in `extra`. The old one dies.
base::Task<std::optional<chat::Error>> key_by_cookie(uint32_t req, account::Credential& to, bool* dead);

// "BXAuth=...;", the one cookie that matters, out of what a browser has; empty if it is not there.
std::string cookie_in(std::string_view text);

bool is_fresh(const account::Account& account, int64_t now_ms);
base::Task<std::optional<chat::Error>> refresh(uint32_t req, account::Account& account);
// The key is dead: the next refresh makes another, if the account has anything to make it of.
void forget_key(account::Account& account);

// ~/.iflow/oauth_creds.json, or the files of its imitators ("type": "iflow").
bool adopt(json::Value file, account::Credential& out);

}  // namespace provider::iflow_service
