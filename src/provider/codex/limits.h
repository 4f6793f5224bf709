// The windows of a ChatGPT subscription, as the head of every answer tells them
// ("x-codex-primary-used-percent" and the like): one of hours and one of a week, each with its own reset.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "account/account.h"
#include "provider/quota.h"

namespace provider::chatgpt {

// When every window that is used up is back, ms since 1970; 0: none is, credits pay for what is beyond them,
// or it is not said.
int64_t full_until_ms(std::string_view headers, int64_t now_ms);

// Keeps what the head of an answer says for limits_of(), and lets an account whose window is used up rest.
void note_limits(account::Account& account, std::string_view headers, int64_t now_ms);
// What was last heard of the account's windows in this instance, those that have not come back since.
std::vector<Quota> limits_of(const account::Account& account, int64_t now_ms);

}  // namespace provider::chatgpt
