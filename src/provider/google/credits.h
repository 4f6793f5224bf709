// Google's AI credits, which go on where the quota of a login ends. They are money: they are spent only for
// an account whose owner says so ("credits": "true" among its `extra`), and only until the quota is back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "account/account.h"
#include "provider/model.h"

namespace provider::google {

// From now until `until_ms` credits pay for `model` and its family. False: they may not, or did already and
// are used up; then they are left alone for an hour.
bool pay(const account::Account& account, const Model& model, int64_t until_ms);
// Do credits pay for `model` now?
bool pays(const account::Account& account, const Model& model);
// Appends the member `name` of an envelope, a comma before it, if credits pay for `model` now.
void append_credits(const account::Account& account, const Model& model, std::string_view name,
                    std::string& out);

}  // namespace provider::google
