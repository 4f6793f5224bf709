#include "gateway/models.h"

#include <algorithm>
#include <map>

#include "account/pool.h"
#include "account/selection.h"
#include "config/settings.h"
#include "gateway/candidates.h"
#include "gateway/catalog.h"
#include "gateway/model_lists.h"
#include "gateway/respond.h"
#include "host/host.h"

namespace gateway {

namespace {

using provider::Model;
using provider::Provider;

constexpr int64_t kFreshMs = 3600'000;  // a list that an upstream gave
constexpr int64_t kRetryMs = 60'000;    // after an upstream that did not give one

struct Discovered {
  std::vector<Model> models;
  int64_t until_ms = 0;
};

Discovered& cache_of(const account::Account& account) {
  static std::map<std::string, Discovered> by_account;
  return by_account[account.credential.id];
}

// Of `models` those that the account takes, and those it names itself.
std::vector<Model> taken(const account::Credential& credential, std::vector<Model> models) {
  std::erase_if(models, [&](const Model& model) { return !account::serves_model(credential, model.id); });
  for (const std::string& name : credential.models) {
    bool known = name.starts_with('-') || name.ends_with('*') ||
                 std::any_of(models.begin(), models.end(), [&](const Model& m) { return m.id == name; });
    if (!known) models.push_back(provider::unknown_model(name));
  }
  return models;
}

// The models of one account: those that its upstream lists, else the provider's table, as far as its `models`
// take them. Whole names need nobody's list.
base::Task<std::vector<Model>> models_of(uint32_t req, const Provider* provider,
                                         account::AccountPtr account) {
  std::vector<Model> models;
  if (account::lists_models(account->credential)) co_return taken(account->credential, std::move(models));
  Discovered& cache = cache_of(*account);
  if (cache.until_ms <= host::now_ms()) {
    auto problem = co_await provider->discover(req, *account, models);
    Discovered& fresh = cache_of(*account);
    fresh.until_ms = host::now_ms() + (problem ? kRetryMs : kFreshMs);
    if (problem) models.assign(provider->models().begin(), provider->models().end());
    fresh.models = models;
  }
  co_return taken(account->credential, cache_of(*account).models);
}

// "gemini/gemini-2.5-pro" names the provider as a request's model may.
const Listed* find_listed(const std::vector<Listed>& models, std::string_view name) {
  const Provider* prefix = prefix_of(name);
  std::string_view bare = without_prefix(name);
  for (const Listed& model : models) {
    if (model.id == name || (prefix && model.id == bare && model.owner == prefix->id())) return &model;
  }
  return nullptr;
}

// May `key` (null: any) use the model `link` of a chain, of whichever provider?
bool may_use(const account::ClientKeyPtr& key, std::string_view link) {
  const Provider* prefix = prefix_of(link);
  link = without_prefix(link);
  auto allowed = [&](const Provider* each) {
    return (!prefix || each == prefix) && (!key || key->allows(each->id(), link));
  };
  return std::any_of(provider::all().begin(), provider::all().end(), allowed);
}

// What the owner's aliases are called, with what is known of the first model behind each.
void append_aliases(const account::ClientKeyPtr& key, std::vector<Listed>& listed) {
  for (const auto& [name, links] : config::settings().aliases) {
    bool allowed =
        std::any_of(links.begin(), links.end(), [&](const std::string& l) { return may_use(key, l); });
    if (!allowed) continue;
    const Listed* behind = find_listed(listed, links[0]);
    Listed alias{name, "isthmus", 0, 0, false};
    if (behind) alias.max_input = behind->max_input, alias.max_output = behind->max_output;
    if (behind) alias.thinking = behind->thinking;
    std::erase_if(listed, [&alias](const Listed& model) { return model.id == alias.id; });
    listed.push_back(std::move(alias));
  }
}

// Those that `key` (null: any) may use.
base::Task<std::vector<Listed>> list(uint32_t req, const Provider* wanted, account::ClientKeyPtr key) {
  std::vector<Listed> listed;
  std::vector<account::AccountPtr> accounts = account::pool().all();
  for (const Provider* provider : provider::all()) {
    if (wanted && provider != wanted) continue;
    for (const account::AccountPtr& account : accounts) {
      if (account->credential.provider != provider->id()) continue;
      for (Model& model : co_await models_of(req, provider, account)) {
        if (key && !key->allows(provider->id(), model.id)) continue;
        bool known =
            std::any_of(listed.begin(), listed.end(), [&](const Listed& l) { return l.id == model.id; });
        bool thinks = !model.thinking.empty();
        if (!known)
          listed.push_back({std::move(model.id), provider->id(), model.max_input, model.max_output, thinks});
      }
    }
  }
  if (!wanted) append_aliases(key, listed);
  co_return listed;
}

void answer_list(Exchange& exchange, const Route& route, const std::vector<Listed>& models) {
  std::string body;
  append_models(models, route.surface->origin, body);
  answer_json(exchange, body);
}

void answer_one(Exchange& exchange, const Route& route, const std::vector<Listed>& models) {
  if (const Listed* found = find_listed(models, route.name)) {
    Listed named = *found;
    named.id = route.name;
    std::string body;
    append_model(named, route.surface->origin, body);
    return answer_json(exchange, body);
  }
  chat::Error error;
  error.fault = chat::Fault::not_found;
  error.code = "model_not_found";
  error.param = "model";
  error.message = "The model '" + route.name + "' does not exist or no account of this gateway serves it.";
  answer_error(exchange, *route.surface, error);
}

}  // namespace

base::Task<> serve_models(Exchange& exchange, const Route& route) {
  // Codex takes prompts and limits from this list, over those it knows itself. We know none better.
  if (route.endpoint == Endpoint::codex_models) co_return answer_json(exchange, R"({"models":[]})");
  if (auto problem = co_await load_catalog(exchange.id)) {
    co_return answer_error(exchange, *route.surface, *problem);
  }
  std::vector<Listed> models = co_await list(exchange.id, route.provider, exchange.key);
  route.endpoint == Endpoint::model ? answer_one(exchange, route, models)
                                    : answer_list(exchange, route, models);
}

}  // namespace gateway
