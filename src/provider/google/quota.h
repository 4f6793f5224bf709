// What Google says is left of a login's allowances.
#pragma once

#include <string>
#include <vector>

#include "json/document.h"
#include "provider/quota.h"

namespace provider::google {

// A window or a model's allowance: {"remainingFraction":0.86,"resetTime":"..."}.
Quota quota_of(json::Value bucket, std::string name);
// The credits in loadCodeAssist's answer, which has none for most accounts.
void add_credits(json::Value loaded, std::vector<Quota>& out);

}  // namespace provider::google
