// Anthropic's Messages API with a key, or any endpoint that speaks it.
#pragma once

#include "provider/provider.h"

namespace provider {

const Provider& anthropic();

}  // namespace provider
