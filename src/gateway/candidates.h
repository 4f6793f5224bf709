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
  size_t link = 0;       // of the chain that the client's name stands for; the first is 0
  bool renamed = false;  // the client's name says nothing of which model this is
};

// The provider in front of "gemini/gemini-2.5-pro"; null: there is none. Names with a slash of their own
// ("org/model") stay whole.
const provider::Provider* prefix_of(std::string_view name);
// "gemini-2.5-pro".
std::string_view without_prefix(std::string_view name);

// What `name` stands for: the models of the alias that it is, or itself, each followed by its fallbacks.
std::vector<std::string> chain_of(std::string_view name);

// `name`: the model as the client named it, "provider/model" included. `wanted`: a provider asked for by path
// or header, or null. Only providers with an account are candidates; without any the error says what to do.
// Link after link of the name's chain; a link that nobody could serve is left out.
std::optional<chat::Error> find_candidates(std::string_view name, const provider::Provider* wanted,
                                           std::vector<Candidate>& out);

}  // namespace gateway
