// Any endpoint that speaks OpenAI chat completions with a Bearer key: OpenAI itself, or a base URL of the
// user's.
#pragma once

#include "provider/provider.h"

namespace provider {
const Provider& openai();
}
