// Credentials as JSON: what is sealed and stored, and what the admin API and the ACCOUNTS variable take.
#define JSON_NOEXCEPTION 1
#include <nlohmann/json.hpp>

#include "account/account.h"

namespace account {

namespace {

using Json = nlohmann::ordered_json;

struct Member {
  std::string_view name;
  std::string Credential::*to;
};
constexpr Member kMembers[] = {
    {"id", &Credential::id},
    {"provider", &Credential::provider},
    {"label", &Credential::label},
    {"base_url", &Credential::base_url},
    {"wire", &Credential::wire},
    {"api_key", &Credential::api_key},
    {"access_token", &Credential::access_token},
    {"refresh_token", &Credential::refresh_token},
    {"client_id", &Credential::client_id},
    {"client_secret", &Credential::client_secret},
    {"token_url", &Credential::token_url},
    {"project", &Credential::project},
};

struct Number {
  std::string_view name;
  int64_t Credential::*to;
};
constexpr Number kNumbers[] = {
    {"expires_ms", &Credential::expires_ms},
    {"generation", &Credential::generation},
    {"added_ms", &Credential::added_ms},
};

// Headers are lines: a line break in a value that ends up in one would start another.
bool has_control(const std::string& text) {
  for (unsigned char c : text) {
    if (c < 0x20 || c == 0x7f) return true;
  }
  return false;
}

bool read_extra(const Json& value, Credential& out, std::string& problem) {
  if (!value.is_object()) return problem = "'extra' must be an object of strings.", false;
  for (auto& [name, member] : value.items()) {
    if (!member.is_string()) return problem = "'extra." + name + "' must be a string.", false;
    out.extra[name] = member.get<std::string>();
    if (has_control(out.extra[name]))
      return problem = "'extra." + name + "' must not hold control characters.", false;
  }
  return true;
}

}  // namespace

std::string to_json(const Credential& credential) {
  Json record = Json::object();
  for (const Member& member : kMembers) {
    const std::string& value = credential.*member.to;
    if (!value.empty()) record[std::string(member.name)] = value;
  }
  for (const Number& number : kNumbers) {
    if (int64_t value = credential.*number.to) record[std::string(number.name)] = value;
  }
  if (!credential.extra.empty()) record["extra"] = credential.extra;
  if (!credential.models.empty()) record["models"] = credential.models;
  for (const Preference& each : preferences()) {
    int64_t value = credential.preferences.*each.to;
    if (value != Preferences().*each.to) record[std::string(each.name)] = value;
  }
  return record.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool from_json(std::string_view json, Credential& out, std::string& problem) {
  Json record = Json::parse(json, nullptr, false);
  if (!record.is_object()) return problem = "An account record must be a JSON object.", false;
  for (const Member& member : kMembers) {
    auto found = record.find(std::string(member.name));
    if (found == record.end() || found->is_null()) continue;
    std::string name(member.name);
    if (!found->is_string()) return problem = "'" + name + "' must be a string.", false;
    out.*member.to = found->get<std::string>();
    if (has_control(out.*member.to))
      return problem = "'" + name + "' must not hold control characters.", false;
  }
  while (out.base_url.ends_with('/')) out.base_url.pop_back();
  for (const Number& number : kNumbers) {
    auto found = record.find(std::string(number.name));
    if (found == record.end()) continue;
    if (!found->is_number_integer())
      return problem = "'" + std::string(number.name) + "' must be an integer (ms since 1970).", false;
    out.*number.to = found->get<int64_t>();
  }
  auto extra = record.find("extra");
  if (extra != record.end() && !read_extra(*extra, out, problem)) return false;
  json::Document document;
  document.parse(json);
  auto wrong = read_preferences(document.root(), false, out);
  if (wrong) problem = std::move(*wrong);
  return !wrong;
}

}  // namespace account
