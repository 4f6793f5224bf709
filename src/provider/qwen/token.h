// Qwen's OAuth: where an account is reached, refreshing its token, and the files that hold one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "account/account.h"
#include "base/task.h"
#include "chat/error.h"
#include "json/document.h"
#include "provider/descriptor.h"

namespace provider::qwen_service {

// The provider's data.
Descriptor& descriptor();

bool has_key(const account::Account& account);

// The address of the plan `name` ("coding-intl"); empty if there is no such plan.
std::string_view plan_url(std::string_view name);

// `resource_url` as an address: a scheme and "/v1" are added where they are missing. Empty if its host is not
// Qwen's: an access token goes nowhere else.
std::string portal_base(std::string_view resource_url);

// What comes before "/chat/completions" for `account`.
std::string base_of(const account::Account& account);

// Takes the tokens of `answer`, which the token endpoint gave at `now_ms`. What it leaves out is kept. False:
// it holds none.
bool take_tokens(json::Value answer, int64_t now_ms, account::Credential& to);

bool is_fresh(const account::Account& account, int64_t now_ms);
base::Task<std::optional<chat::Error>> refresh(uint32_t req, account::Account& account);

// ~/.qwen/oauth_creds.json, the files of its imitators ("type": "qwen"), or a key with the name of its plan.
bool adopt(json::Value file, account::Credential& out);

// The key that a Worker variable of Alibaba Cloud's own tools holds.
bool configured(account::Credential& out);

}  // namespace provider::qwen_service
