#pragma once

#include "provider/provider.h"

namespace provider {

const Provider& antigravity();

}  // namespace provider
