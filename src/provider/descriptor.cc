#include "provider/descriptor.h"

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "config/settings.h"
#include "host/host.h"
#include "json/document.h"
#include "provider/provider.h"

namespace provider {

namespace {

using json::Kind;
using json::Value;
using Values = std::map<std::string, std::string, std::less<>>;
using Problem = std::optional<std::string>;

struct TextMember {
  std::string_view name;
  std::string Model::*to;
};
constexpr TextMember kTexts[] = {
    {"id", &Model::id},         {"upstream", &Model::upstream}, {"thinking", &Model::thinking},
    {"levels", &Model::levels}, {"wire", &Model::wire},         {"family", &Model::family},
};
struct NumberMember {
  std::string_view name;
  int64_t Model::*to;
};
constexpr NumberMember kNumbers[] = {
    {"budget_min", &Model::budget_min},
    {"budget_max", &Model::budget_max},
    {"input", &Model::max_input},
    {"output", &Model::max_output},
};
struct FlagMember {
  std::string_view name;
  bool Model::*to;
};
constexpr FlagMember kFlags[] = {
    {"thinking_can_be_off", &Model::thinking_can_be_off},
    {"signatures_required", &Model::signatures_required},
    {"sampling", &Model::sampling},
    {"prefill", &Model::prefill},
};

std::string wrong(std::string_view what, std::string_view expected) {
  return std::string(what) + " must be " + std::string(expected) + ".";
}

Problem read_aliases(Value value, Model& to) {
  if (!value.is_array()) return wrong("'aliases'", "an array of strings");
  to.aliases.clear();
  for (auto [_, alias] : value.items()) {
    if (!alias.is_string() || alias.inner().empty()) return wrong("'aliases'", "an array of strings");
    to.aliases.push_back(alias.str());
  }
  return std::nullopt;
}

Problem read_member(std::string_view key, Value value, Model& to) {
  std::string name = "'" + std::string(key) + "'";
  for (const TextMember& member : kTexts) {
    if (member.name != key) continue;
    if (!value.is_string() || base::has_control(value.str()))
      return wrong(name, "a string without control characters");
    to.*member.to = value.str();
    return std::nullopt;
  }
  for (const NumberMember& member : kNumbers) {
    if (member.name != key) continue;
    if (!value.is(Kind::number) || value.to_int() < 0) return wrong(name, "a number of 0 or more");
    to.*member.to = value.to_int();
    return std::nullopt;
  }
  for (const FlagMember& member : kFlags) {
    if (member.name != key) continue;
    if (!value.is(Kind::boolean)) return wrong(name, "true or false");
    to.*member.to = value.is_true();
    return std::nullopt;
  }
  if (key == "aliases") return read_aliases(value, to);
  if (key == "removed") return value.is(Kind::boolean) ? Problem{} : wrong(name, "true or false");
  return "A model has no member " + name + ".";
}

Problem read_model(Value value, std::vector<Model>& models) {
  if (!value.is_object() || !value["id"].is_string() || value["id"].inner().empty()) {
    return wrong("Each of 'models'", "an object with an 'id'");
  }
  std::string id = value["id"].str();
  auto place = std::find_if(models.begin(), models.end(), [&](const Model& model) { return model.id == id; });
  if (value["removed"].is_true()) {
    if (place != models.end()) models.erase(place);
    return std::nullopt;
  }
  if (place == models.end()) place = models.insert(models.end(), Model{});
  for (auto [key, member] : value.items()) {
    if (auto problem = read_member(key.str(), member, *place)) return "Model '" + id + "': " + *problem;
  }
  return std::nullopt;
}

// A value whose key ends in "url" is where credentials are sent: https, or this machine.
bool is_fine_url(std::string_view url) {
  return url.starts_with("https://") || url.starts_with("http://127.0.0.1") ||
         url.starts_with("http://localhost");
}

// What is wrong with `value` for `key`; `name` is what it is called towards people.
Problem check_value(std::string_view name, std::string_view key, std::string_view value) {
  if (base::has_control(value)) return wrong(name, "a string without control characters");
  bool fine = !key.ends_with("url") || value.empty() || is_fine_url(value);
  return fine ? Problem() : wrong(name, "an https:// address");
}

Problem read_value(std::string_view key, Value value, bool must_exist, Values& values) {
  std::string name = "'" + std::string(key) + "'";
  if (must_exist && !values.contains(key)) return "There is no value " + name + " to override.";
  if (!value.is_string()) return wrong(name, "a string without control characters");
  if (auto problem = check_value(name, key, value.str())) return problem;
  values.insert_or_assign(std::string(key), value.str());
  return std::nullopt;
}

// Lays `text` over `values` and `models`, which are half changed after a problem.
Problem lay(std::string_view text, bool is_override, Values& values, std::vector<Model>& models) {
  json::Document document;
  if (document.parse(text) != json::Error::none || !document.root().is_object()) {
    return "A descriptor must be a JSON object with 'values' and 'models'.";
  }
  for (auto [key, part] : document.root().items()) {
    if (key.equals("values") && part.is_object()) {
      for (auto [name, value] : part.items()) {
        if (auto problem = read_value(name.str(), value, is_override, values)) return problem;
      }
    } else if (key.equals("models") && part.is_array()) {
      for (auto [_, model] : part.items()) {
        if (auto problem = read_model(model, models)) return problem;
      }
    } else if (!key.equals("environment") || is_override) {
      return "A descriptor holds 'values' (an object) and 'models' (an array), and nothing else.";
    }
  }
  return std::nullopt;
}

// The Worker variables that a built-in descriptor names, and the value that each sets.
Values variables_of(std::string_view built_in) {
  json::Document document;
  document.parse(built_in);
  Values variables;
  for (auto [variable, key] : document.root()["environment"].items()) variables[variable.str()] = key.str();
  return variables;
}

}  // namespace

const Descriptor::Laid& Descriptor::laid() const {
  if (laid_) return *laid_;
  laid_.emplace();
  if (lay(built_in_, false, laid_->values, laid_->models)) std::abort();
  return *laid_;
}

std::string_view Descriptor::value(std::string_view key) const {
  const Values& values = laid().values;
  auto found = values.find(key);
  return found == values.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::string> Descriptor::take_environment() {
  if (!variables_) variables_ = variables_of(built_in_);
  Problem first;
  environment_.clear();
  for (const auto& [variable, key] : *variables_) {
    auto set = config::settings().others.find(variable);
    if (set == config::settings().others.end() || set->second.empty()) continue;
    auto problem = check_value("The variable " + variable, key, set->second);
    if (!problem) environment_[key] = set->second;
    if (problem && !first) first = std::move(problem);
  }
  return first;
}

std::optional<std::string> Descriptor::lay_over(std::string_view json) {
  Laid next;
  if (json != "{}" || !environment_.empty()) {
    if (auto problem = lay(built_in_, false, next.values, next.models)) return problem;
    for (const auto& [key, value] : environment_) next.values[key] = value;
    if (auto problem = lay(json, true, next.values, next.models)) return problem;
    laid_ = std::move(next);
    laid_over_ = true;
  } else if (laid_over_) {
    laid_.reset();
    laid_over_ = false;
  }
  return std::nullopt;
}

std::optional<std::string> Descriptor::check(std::string_view json) const {
  Laid next;
  if (auto problem = lay(built_in_, false, next.values, next.models)) return problem;
  return lay(json, true, next.values, next.models);
}

base::Task<> load_descriptors(uint32_t req) {
  host::Completion stored = co_await host::get(req, "descriptors");
  if (stored.status != host::kOk && stored.status != host::kNotFound) co_return;
  std::string text(stored.status == host::kOk ? stored.data : std::string_view("{}"));
  json::Document document;
  if (document.parse(text) != json::Error::none || !document.root().is_object()) {
    co_return host::log(host::Level::error,
                        "The stored descriptors are not a JSON object; they are ignored.");
  }
  for (const Provider* provider : all()) {
    Descriptor* descriptor = provider->descriptor();
    if (!descriptor) continue;
    if (auto problem = descriptor->take_environment()) host::log(host::Level::error, *problem);
    json::Value own = document.root()[provider->id()];
    auto problem = descriptor->lay_over(own.is_object() ? own.raw() : "{}");
    if (problem) {
      host::log(host::Level::error,
                "The stored descriptor of " + std::string(provider->id()) + " is ignored: " + *problem);
    }
  }
}

}  // namespace provider
