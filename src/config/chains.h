// Model names that lead to others: aliases and fallbacks.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config {

using Chains = std::map<std::string, std::vector<std::string>, std::less<>>;

// Reads the variable `name`: a JSON object of strings and arrays of strings. A sentence on what is wrong with
// it; `to` is then left as it is, since half of what the owner meant may be worse than nothing of it.
std::optional<std::string> read_chains(std::string_view name, std::string_view text, Chains& to);

}  // namespace config
