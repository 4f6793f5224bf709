// How much of an account's allowance is used, as its upstream says.
#pragma once

#include <cstdint>
#include <string>

namespace provider {

struct Quota {
  std::string name;       // what it is an allowance of: "weekly limit", "credits", a model
  int64_t used = -1;      // in `unit`; -1 = not said
  int64_t limit = -1;     // in `unit`; -1 = not said or none
  std::string unit;       // "percent", "credits", "requests"
  int64_t resets_ms = 0;  // absolute; 0 = not said
};

}  // namespace provider
