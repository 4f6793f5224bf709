// GitHub Copilot (api.githubcopilot.com) with a person's GitHub login.
#pragma once

#include "provider/provider.h"

namespace provider {
const Provider& copilot();
}
