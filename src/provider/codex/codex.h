// OpenAI Codex: a ChatGPT subscription (chatgpt.com/backend-api/codex), or an API key.
#pragma once

#include "provider/provider.h"

namespace provider {
const Provider& codex();
}
