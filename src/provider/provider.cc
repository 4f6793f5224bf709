#include "provider/provider.h"

#include <algorithm>

#include "base/text.h"
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
  target.thinks = model.thinks;
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

std::string Provider::way(const account::Account& account, const Model&) const {
  const account::Credential& credential = account.credential;
  std::string way = credential.access_token;
  way.append("\n").append(credential.api_key).append("\n").append(credential.project);
  return way += account.other_wire ? "\nother " : "\n";
}

std::span<const LoginMethod> Provider::login_methods() const {
  static constexpr LoginMethod kKey[] = {
      {"api-key", LoginMethod::Kind::key, "API key", "base_url,label"},
  };
  return kKey;
}

base::Task<std::optional<chat::Error>> Provider::start_login(uint32_t, Login& login) const {
  login.message = "Paste the API key of " + std::string(title()) + ".";
  co_return std::nullopt;
}

base::Task<std::optional<chat::Error>> Provider::continue_login(uint32_t, Login& login,
                                                                std::string input) const {
  login.credential.api_key = base::trim(input);
  login.credential.base_url = login.values["base_url"];
  login.credential.label = login.values["label"];
  login.done = true;
  login.message = "The key is stored. 'check' says whether it works.";
  co_return std::nullopt;
}

std::optional<chat::Error> Provider::check(account::Credential& credential) const {
  if (!credential.wire.empty()) {
    return invalid_credential(
        "'wire' is for accounts of provider openai; " + credential.provider + " has one wire.", "wire");
  }
  if (credential.api_key.empty()) {
    return invalid_credential("A " + credential.provider + " account needs 'api_key'.", "api_key");
  }
  return std::nullopt;
}

base::Task<std::optional<chat::Error>> Provider::quota(uint32_t, account::Account&,
                                                       std::vector<Quota>&) const {
  co_return std::nullopt;
}

base::Task<> Provider::search(uint32_t, account::AccountPtr, std::string, Found&) const { co_return; }

chat::Error invalid_credential(std::string message, std::string_view member) {
  chat::Error error;
  error.fault = chat::Fault::invalid_request;
  error.message = std::move(message);
  error.param = member;
  return error;
}

void Provider::open_envelope(const Call&, std::string&) const {}
void Provider::close_envelope(const Call&, std::string&) const {}
std::optional<chat::Error> Provider::edit_body(const Call&, std::string&, size_t) const {
  return std::nullopt;
}

namespace {

const Model* in_table(const Provider& provider, std::string_view name) {
  for (const Model& model : provider.models()) {
    if (model.id == name) return &model;
    if (std::find(model.aliases.begin(), model.aliases.end(), name) != model.aliases.end()) return &model;
  }
  return nullptr;
}

}  // namespace

const Model* find_model(const Provider& provider, std::string_view name) {
  if (name.starts_with("models/")) name.remove_prefix(7);
  if (const Model* model = in_table(provider, name)) return model;
  std::string right = provider.spelled_right(name);
  return right.empty() ? nullptr : in_table(provider, right);
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
