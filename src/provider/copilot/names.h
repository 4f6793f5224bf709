// Models by the spellings of other services.
#pragma once

#include <string>
#include <string_view>

namespace provider::github {

// "claude-sonnet-4-5-20250929" as Copilot spells it: "claude-sonnet-4.5". Names without a version in dashes
// and without a date stay.
std::string spelled_right(std::string_view name);

}  // namespace provider::github
