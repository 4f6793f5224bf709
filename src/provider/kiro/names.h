#pragma once

#include <string>
#include <string_view>

namespace provider::amazon {

// A model's name as Kiro spells it, whichever of its spellings `name` is: lower case, a dot in the version,
// no date, no "-latest", no "[1m]". "claude-4-5-haiku-20251001" is "claude-haiku-4.5".
std::string kiro_name(std::string_view name);

}  // namespace provider::amazon
