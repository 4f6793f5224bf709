#include "provider/provider.h"

#include <algorithm>

#include "json/escape.h"

namespace provider {

base::Task<std::optional<chat::Error>> Provider::discover(uint32_t, account::Account&,
                                                          std::vector<Model>& out) const {
  out.assign(models().begin(), models().end());
  co_return std::nullopt;
}

protocol::Target Provider::target(const account::Account&, const Model& model) const {
  protocol::Target target;
  target.model = json::escaped(model.upstream.empty() ? model.id : model.upstream);
  target.thinking = model.thinking;
  target.thinking_levels = model.levels;
  target.budget_min = model.budget_min;
  target.budget_max = model.budget_max;
  target.thinking_can_be_off = model.thinking_can_be_off;
  target.signatures_required = model.signatures_required;
  target.max_input = model.max_input;
  target.max_output = model.max_output;
  target.sampling = model.sampling;
  target.prefill = model.prefill;
  return target;
}

base::Task<std::optional<chat::Error>> Provider::prepare(uint32_t, account::AccountPtr) const {
  co_return std::nullopt;
}

void Provider::open_envelope(const Call&, std::string&) const {}
void Provider::close_envelope(const Call&, std::string&) const {}
std::optional<chat::Error> Provider::edit_body(const Call&, std::string&, size_t) const {
  return std::nullopt;
}

const Model* find_model(const Provider& provider, std::string_view name) {
  if (name.starts_with("models/")) name.remove_prefix(7);
  for (const Model& model : provider.models()) {
    if (model.id == name) return &model;
    if (std::find(model.aliases.begin(), model.aliases.end(), name) != model.aliases.end()) return &model;
  }
  return nullptr;
}

Model unknown_model(std::string_view name) {
  if (name.starts_with("models/")) name.remove_prefix(7);
  Model model;
  model.id = name;
  if (name.starts_with("gemini-2.5")) {
    model.thinking = "budget";
    model.budget_min = 128;
    model.budget_max = 24576;
  } else if (name.starts_with("gemini-") && name.size() > 7 && name[7] >= '3' && name[7] <= '9') {
    model.thinking = "level";
    model.levels = "low,high";
    model.thinking_can_be_off = false;
    model.signatures_required = true;
  }
  return model;
}

}  // namespace provider
