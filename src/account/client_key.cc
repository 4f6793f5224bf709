#include "account/client_key.h"

#include <algorithm>

#include "account/selection.h"
#include "base/date.h"
#include "json/document.h"

namespace account {

namespace {

void append_list(std::string_view name, const std::vector<std::string>& words, json::Writer& w) {
  w.key(name).begin_array();
  for (const std::string& word : words) w.string(word);
  w.end_array();
}

void append_moment(std::string_view name, int64_t ms, json::Writer& w) {
  w.key(name);
  ms ? w.string(base::moment_of(ms)) : w.null();
}

void append_limit(std::string_view name, int64_t limit, json::Writer& w) {
  w.key(name);
  limit ? w.number(limit) : w.null();
}

std::vector<std::string> words_of(json::Value list) {
  std::vector<std::string> words;
  for (auto [_, word] : list.items()) words.push_back(word.str());
  return words;
}

}  // namespace

bool ClientKey::allows(std::string_view provider, std::string_view model) const {
  bool served =
      providers.empty() || std::find(providers.begin(), providers.end(), provider) != providers.end();
  return served && (models.empty() ||
                    std::any_of(models.begin(), models.end(),
                                [&](const std::string& pattern) { return names_model(pattern, model); }));
}

std::string key_id(std::string_view hex) { return std::string(hex.substr(0, 12)); }

void append_settings(const ClientKey& key, json::Writer& w) {
  w.key("name").string(key.name);
  append_moment("created", key.created_ms, w);
  append_moment("expires", key.expires_ms, w);
  append_list("providers", key.providers, w);
  append_list("models", key.models, w);
  append_limit("requests_per_minute", key.requests_per_minute, w);
  append_limit("tokens_per_day", key.tokens_per_day, w);
  if (!key.rotated_from.empty()) w.key("rotated_from").string(key.rotated_from);
}

std::string to_record(const ClientKey& key) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  append_settings(key, w);
  w.end_object();
  return out;
}

void read_key_record(std::string_view record, ClientKey& out) {
  json::Document document;
  if (document.parse(record) != json::Error::none || !document.root().is_object()) {
    out.name = record;
    return;
  }
  json::Value from = document.root();
  out.name = from["name"].str();
  out.created_ms = base::to_ms(from["created"].str()).value_or(0);
  out.expires_ms = base::to_ms(from["expires"].str()).value_or(0);
  out.providers = words_of(from["providers"]);
  out.models = words_of(from["models"]);
  out.requests_per_minute = from["requests_per_minute"].to_int();
  out.tokens_per_day = from["tokens_per_day"].to_int();
  out.rotated_from = from["rotated_from"].str();
}

}  // namespace account
