// Which providers could serve a model, in the order in which to try them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chat/error.h"
#include "provider/provider.h"

namespace gateway {

struct Candidate {
  const provider::Provider* provider;
  provider::Model model;
};

// `name`: the model as the client named it, "provider/model" included. `wanted`: a provider asked for by path
// or header, or null. Only providers with an account are candidates; without any the error says what to do.
std::optional<chat::Error> find_candidates(std::string_view name, const provider::Provider* wanted,
                                           std::vector<Candidate>& out);

}  // namespace gateway
