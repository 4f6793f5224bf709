#include "gateway/candidates.h"

#include <algorithm>

#include "account/pool.h"
#include "account/selection.h"
#include "base/apart.h"
#include "base/text.h"
#include "config/settings.h"
#include "protocol/problem.h"

namespace gateway {

namespace {

constexpr size_t kMaxName = 256;

BASE_APART chat::Error no_account(const provider::Provider& provider, std::string_view model) {
  chat::Error error;
  error.fault = chat::Fault::no_account;
  error.message = "No ";
  error.message.append(provider.title()).append(" account is configured, so '").append(model);
  error.message.append("' cannot be served. Add one: npm run login -- ").append(provider.id());
  return error;
}

BASE_APART chat::Error unknown_model(std::string_view model) {
  chat::Error error;
  error.fault = chat::Fault::not_found;
  error.code = "model_not_found";
  error.param = "model";
  error.message = "The model '";
  error.message.append(model).append(
      "' does not exist or no account of this gateway serves it. See GET /v1/models.");
  return error;
}

// An account that names its models serves those, whatever the provider's table says.
bool declared_by_an_account(std::string_view provider, std::string_view model) {
  const auto& accounts = account::pool().all();
  return std::any_of(accounts.begin(), accounts.end(), [&](const account::AccountPtr& account) {
    return account->credential.provider == provider && account::declares_model(account->credential, model);
  });
}

BASE_APART chat::Error bad_name(bool broken) {
  return protocol::invalid_value("model", broken ? "a model's name holds no control characters."
                                                 : "a model's name has at most 256 bytes.");
}

// A model's name may end up in a URL or a header line, where a line break would begin another.
std::optional<chat::Error> check_name(std::string_view model) {
  bool broken = base::has_control(model);
  if (!broken && model.size() <= kMaxName) return std::nullopt;
  return bad_name(broken);
}

// One that knows the model, and for want of an account cannot serve it; null if there is none.
BASE_APART const provider::Provider* lacking_account(std::string_view model) {
  for (const provider::Provider* provider : provider::all()) {
    bool has_account = account::pool().has(provider->id());
    if (!has_account && provider::find_model(*provider, model)) return provider;
  }
  return nullptr;
}

// The candidates of one link.
std::optional<chat::Error> find_link(std::string_view name, const provider::Provider* wanted,
                                     std::vector<Candidate>& out) {
  const provider::Provider* prefix = prefix_of(name);
  if (prefix && (!wanted || prefix == wanted)) wanted = prefix, name = without_prefix(name);
  size_t before = out.size();
  std::vector<Candidate> guesses;  // providers that may know a model which no table names
  for (const provider::Provider* provider : provider::all()) {
    if (wanted && provider != wanted) continue;
    bool has_account = account::pool().has(provider->id());
    if (wanted && !has_account) return no_account(*provider, name);
    if (!has_account) continue;
    if (const provider::Model* model = provider::find_model(*provider, name)) {
      out.push_back({provider, *model});
      out.back().model.thinks = name.ends_with("-thinking");
    } else if (declared_by_an_account(provider->id(), name) || provider->claims(name)) {
      out.push_back({provider, provider::unknown_model(name)});
    } else if (wanted || provider->serves_unknown_models()) {
      guesses.push_back({provider, provider::unknown_model(name)});
    }
  }
  if (out.size() == before) out.insert(out.end(), guesses.begin(), guesses.end());
  if (out.size() > before) return std::nullopt;
  const provider::Provider* lacking = lacking_account(name);
  return lacking ? no_account(*lacking, name) : unknown_model(name);
}

void append(std::vector<std::string>& chain, const std::string& link) {
  if (std::find(chain.begin(), chain.end(), link) == chain.end()) chain.push_back(link);
}

}  // namespace

const provider::Provider* prefix_of(std::string_view name) {
  size_t slash = name.find('/');
  return slash == name.npos ? nullptr : provider::find(name.substr(0, slash));
}

std::string_view without_prefix(std::string_view name) {
  return prefix_of(name) ? name.substr(name.find('/') + 1) : name;
}

std::vector<std::string> chain_of(std::string_view name) {
  const config::Settings& settings = config::settings();
  auto alias = settings.aliases.find(name);
  std::vector<std::string> links{std::string(name)}, chain;
  if (alias != settings.aliases.end()) links = alias->second;
  for (const std::string& link : links) append(chain, link);
  for (const std::string& link : links) {
    auto fallbacks = settings.fallbacks.find(link);
    if (fallbacks == settings.fallbacks.end()) fallbacks = settings.fallbacks.find(without_prefix(link));
    if (fallbacks == settings.fallbacks.end()) continue;
    for (const std::string& fallback : fallbacks->second) append(chain, fallback);
  }
  return chain;
}

std::optional<chat::Error> find_candidates(std::string_view name, const provider::Provider* wanted,
                                           std::vector<Candidate>& out) {
  if (auto problem = check_name(name)) return problem;
  std::vector<std::string> chain = chain_of(name);
  bool renamed = chain.size() > 1 || chain[0] != name;
  std::optional<chat::Error> first;
  for (size_t link = 0; link < chain.size(); link++) {
    const provider::Provider* prefix = prefix_of(chain[link]);
    // A provider that the path or a header asks for keeps to its own links.
    if (renamed && wanted && prefix && prefix != wanted) continue;
    size_t before = out.size();
    auto problem = find_link(chain[link], wanted, out);
    if (!first) first = std::move(problem);
    for (; before < out.size(); before++) out[before].link = link, out[before].renamed = renamed;
  }
  if (!out.empty()) return std::nullopt;
  return first ? first : unknown_model(name);
}

}  // namespace gateway
