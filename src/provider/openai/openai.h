// Any endpoint that speaks OpenAI's chat completions or Responses with a Bearer key: OpenAI itself, or a base
// URL of the user's.
#pragma once

#include "provider/provider.h"

namespace provider {
const Provider& openai();
}
