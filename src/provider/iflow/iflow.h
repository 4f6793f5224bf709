// iFlow: a login, a browser's cookie or a key of iFlow's platform, each of which comes down to a key; or any
// service of one's own that speaks chat completions with iFlow's signature.
#pragma once

#include "provider/provider.h"

namespace provider {
const Provider& iflow();
}
