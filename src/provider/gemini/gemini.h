// The Gemini API with a key from AI Studio (generativelanguage.googleapis.com).
#pragma once

#include "provider/provider.h"

namespace provider {
const Provider& gemini();
}
