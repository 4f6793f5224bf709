#pragma once

#include "provider/provider.h"

namespace provider {

// Kiro, by Amazon (CodeWhisperer's wire): logins of Builder ID, Identity Center, Google and GitHub, and keys.
const Provider& kiro();

}  // namespace provider
