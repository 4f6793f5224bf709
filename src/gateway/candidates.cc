#include "gateway/candidates.h"

#include <algorithm>

#include "account/pool.h"
#include "protocol/problem.h"

namespace gateway {

namespace {

constexpr size_t kMaxName = 256;

chat::Error no_account(const provider::Provider& provider, std::string_view model) {
  chat::Error error;
  error.fault = chat::Fault::no_account;
  error.message = "No ";
  error.message.append(provider.title()).append(" account is configured, so '").append(model);
  error.message.append("' cannot be served. Add one: npm run login -- ").append(provider.id());
  return error;
}

chat::Error unknown_model(std::string_view model) {
  chat::Error error;
  error.fault = chat::Fault::not_found;
  error.code = "model_not_found";
  error.param = "model";
  error.message = "The model '";
  error.message.append(model).append(
      "' does not exist or no account of this gateway serves it. See GET /v1/models.");
  return error;
}

// An account that lists its models serves those and no others, whatever the provider's table says.
bool declared_by_an_account(std::string_view provider, std::string_view model) {
  for (const account::AccountPtr& account : account::pool().all()) {
    if (account->credential.provider != provider) continue;
    for (const std::string& declared : account->credential.models) {
      if (declared == model) return true;
    }
  }
  return false;
}

// A model's name may end up in a URL or a header line, where a line break would begin another.
std::optional<chat::Error> check_name(std::string_view model) {
  bool broken =
      std::any_of(model.begin(), model.end(), [](char c) { return uint8_t(c) < 0x20 || c == 0x7f; });
  if (!broken && model.size() <= kMaxName) return std::nullopt;
  return protocol::invalid_value("model", broken ? "a model's name holds no control characters."
                                                 : "a model's name has at most 256 bytes.");
}

// "gemini/gemini-2.5-pro": a provider in front. Names with a slash of their own ("org/model") stay whole.
void split_provider(std::string_view& name, const provider::Provider*& wanted) {
  size_t slash = name.find('/');
  if (slash == name.npos) return;
  const provider::Provider* found = provider::find(name.substr(0, slash));
  if (!found || (wanted && found != wanted)) return;
  wanted = found;
  name.remove_prefix(slash + 1);
}

}  // namespace

std::optional<chat::Error> find_candidates(std::string_view name, const provider::Provider* wanted,
                                           std::vector<Candidate>& out) {
  if (auto problem = check_name(name)) return problem;
  split_provider(name, wanted);
  const provider::Provider* lacks_account = nullptr;
  std::vector<Candidate> guesses;  // providers that may know a model which no table names
  for (const provider::Provider* provider : provider::all()) {
    if (wanted && provider != wanted) continue;
    const provider::Model* model = provider::find_model(*provider, name);
    bool has_account = account::pool().has(provider->id());
    if (model && !has_account && !lacks_account) lacks_account = provider;
    if (wanted && !has_account) return no_account(*provider, name);
    if (!has_account) continue;
    if (model) {
      out.push_back({provider, *model});
      out.back().model.thinks = name.ends_with("-thinking");
    } else if (declared_by_an_account(provider->id(), name) || provider->claims(name)) {
      out.push_back({provider, provider::unknown_model(name)});
    } else if (wanted || provider->serves_unknown_models()) {
      guesses.push_back({provider, provider::unknown_model(name)});
    }
  }
  if (out.empty()) out = std::move(guesses);
  if (!out.empty()) return std::nullopt;
  return lacks_account ? no_account(*lacks_account, name) : unknown_model(name);
}

}  // namespace gateway
