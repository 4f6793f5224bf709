#include "provider/import.h"

#include "json/document.h"
#include "provider/provider.h"

namespace provider {

namespace {

using json::Value;

// The provider whose tool wrote `file`, with the file read; null if none knows it.
const Provider* adopter(Value file, account::Credential& out) {
  const Provider* named = file["provider"].is_string() ? find(file["provider"].str()) : nullptr;
  if (named) return named->adopt(file, out) ? named : nullptr;
  for (const Provider* provider : all()) {
    account::Credential read;
    if (!provider->adopt(file, read)) continue;
    out = std::move(read);
    return provider;
  }
  return nullptr;
}

void override_with(Value from, std::string_view name, std::string& to) {
  if (from[name].is_string()) to = from[name].str();
}

}  // namespace

bool import(std::string_view text, account::Credential& out, std::string& problem) {
  json::Document document;
  if (document.parse(text) != json::Error::none || !document.root().is_object()) {
    problem = "An account must be one JSON object.";
    return false;
  }
  Value root = document.root();
  if (root["type"].equals("service_account")) {
    problem =
        "Service accounts cannot use Code Assist. Use an API key (provider gemini) or a person's login.";
    return false;
  }
  account::Credential read;
  const Provider* provider = adopter(root, read);
  if (!provider) return account::from_json(text, out, problem);

  read.provider = provider->id();
  override_with(root, "id", read.id);
  override_with(root, "label", read.label);
  override_with(root, "base_url", read.base_url);
  override_with(root, "token_url", read.token_url);
  override_with(root, "project", read.project);
  if (auto wrong = account::read_preferences(root, false, read)) return problem = std::move(*wrong), false;
  // Once more through the reader of our own records: what it refuses there it refuses in a tool's file.
  return account::from_json(account::to_json(read), out, problem);
}

}  // namespace provider
