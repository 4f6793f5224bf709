// Credentials as JSON: what is sealed and stored, and what the admin API and the ACCOUNTS variable take.
#include "account/account.h"
#include "base/text.h"
#include "json/document.h"
#include "json/writer.h"

namespace account {

namespace {

using Problem = std::optional<std::string>;

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
Problem read_text(const std::string& name, json::Value value, std::string& to) {
  if (!value.is_string()) return "'" + name + "' must be a string.";
  to = value.str();
  if (base::has_control(to)) return "'" + name + "' must not hold control characters.";
  return std::nullopt;
}

Problem read_extra(json::Value extra, Credential& out) {
  if (!extra.is_object()) return "'extra' must be an object of strings.";
  for (auto [key, value] : extra.items()) {
    std::string name = key.str();
    if (auto problem = read_text("extra." + name, value, out.extra[name])) return problem;
  }
  return std::nullopt;
}

Problem read(json::Value record, Credential& out) {
  if (!record.is_object()) return "An account record must be a JSON object.";
  for (const Member& member : kMembers) {
    json::Value value = record[member.name];
    if (!value.has_value()) continue;
    if (auto problem = read_text(std::string(member.name), value, out.*member.to)) return problem;
  }
  while (out.base_url.ends_with('/')) out.base_url.pop_back();
  for (const Number& number : kNumbers) {
    json::Value value = record[number.name];
    if (!value) continue;
    auto integer = value.is(json::Kind::number) ? base::to_int(value.raw()) : std::nullopt;
    if (!integer) return "'" + std::string(number.name) + "' must be an integer (ms since 1970).";
    out.*number.to = *integer;
  }
  if (json::Value extra = record["extra"]) {
    if (auto problem = read_extra(extra, out)) return problem;
  }
  return read_preferences(record, false, out);
}

}  // namespace

std::string to_json(const Credential& credential) {
  std::string record;
  json::Writer w(record);
  w.begin_object();
  for (const Member& member : kMembers) {
    const std::string& value = credential.*member.to;
    if (!value.empty()) w.key(member.name).string(value);
  }
  for (const Number& number : kNumbers) {
    if (int64_t value = credential.*number.to) w.key(number.name).number(value);
  }
  if (!credential.extra.empty()) {
    w.key("extra").begin_object();
    for (const auto& [name, value] : credential.extra) w.escaped_key(json::escaped(name)).string(value);
    w.end_object();
  }
  if (!credential.models.empty()) {
    w.key("models").begin_array();
    for (const std::string& model : credential.models) w.string(model);
    w.end_array();
  }
  for (const Preference& each : preferences()) {
    int64_t value = credential.preferences.*each.to;
    if (value != Preferences().*each.to) w.key(each.name).number(value);
  }
  w.end_object();
  return record;
}

bool from_json(std::string_view json, Credential& out, std::string& problem) {
  json::Document document;
  document.parse(json);
  Problem wrong = read(document.root(), out);
  if (wrong) problem = std::move(*wrong);
  return !wrong;
}

}  // namespace account
