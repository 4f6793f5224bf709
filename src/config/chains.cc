#include "config/chains.h"

#include <algorithm>

#include "base/text.h"
#include "json/document.h"

namespace config {

namespace {

constexpr size_t kMaxLinks = 8;
constexpr size_t kMaxName = 256;

bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= kMaxName && !base::has_control(name);
}

// The links of one chain; empty if it is none.
std::vector<std::string> read_links(json::Value value) {
  std::vector<std::string> links;
  if (value.is_string()) links.push_back(value.str());
  for (auto [_, link] : value.items()) {
    if (value.is_array()) links.push_back(link.str());
  }
  bool fits = links.size() <= kMaxLinks && std::all_of(links.begin(), links.end(), is_name);
  return fits ? links : std::vector<std::string>();
}

// The first chain with a link that begins another chain: that one would be passed over unseen.
const std::string* nested(const Chains& chains) {
  for (const auto& [name, links] : chains) {
    for (const std::string& link : links) {
      // A name may be the first of its own chain: then it is the model itself.
      if (chains.contains(link) && (link != name || links.size() == 1)) return &link;
    }
  }
  return nullptr;
}

}  // namespace

std::optional<std::string> read_chains(std::string_view name, std::string_view text, Chains& to) {
  json::Document document;
  Chains chains;
  auto wrong = [&](std::string_view what) {
    return std::string(name).append(" ").append(what).append(" It is ignored as a whole.");
  };
  if (base::trim(text).empty()) return std::nullopt;
  if (document.parse(text) != json::Error::none || !document.root().is_object())
    return wrong("must be a JSON object, {\"name\": [\"provider/model\", ...]}.");
  for (auto [key, value] : document.root().items()) {
    std::vector<std::string> links = read_links(value);
    if (links.empty() || !is_name(key.str()))
      return wrong("leads '" + key.str() +
                   "' nowhere: it wants a model's name, or an array of 1 to 8 of them.");
    chains[key.str()] = std::move(links);
  }
  if (const std::string* link = nested(chains); link && name == "MODEL_ALIASES")
    return wrong("has a chain that leads to '" + *link + "', an alias itself: name the models.");
  to = std::move(chains);
  return std::nullopt;
}

}  // namespace config
