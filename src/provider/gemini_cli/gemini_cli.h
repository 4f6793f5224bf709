// Gemini Code Assist as Google's Gemini CLI uses it (cloudcode-pa.googleapis.com), with a Google login.
#pragma once

#include "provider/provider.h"

namespace provider {
const Provider& gemini_cli();
}
