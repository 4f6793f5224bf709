#include "provider/antigravity/credential_file.h"

#include "base/text.h"
#include "provider/antigravity/hosts.h"
#include "provider/google/credential_file.h"
#include "provider/google/errors.h"

namespace provider::gravity {

namespace {

using json::Value;

void copy(Value from, std::string_view name, std::string& to) {
  if (from[name].is_string() && !from[name].inner().empty()) to = from[name].str();
}

bool may_serve(Value account) {
  return account["refreshToken"].is_string() && !account["refreshToken"].inner().empty() &&
         !account["enabled"].is_false();
}

// The active account of opencode's plugin; where that is gone or disabled, the one used last.
Value chosen_of(Value file) {
  Value best;
  int64_t index = 0, active = file["activeIndex"].to_int(-1);
  for (auto [_, account] : file["accounts"].items()) {
    bool is_active = index++ == active;
    if (!may_serve(account)) continue;
    bool later = !best || account["lastUsed"].to_int() > best["lastUsed"].to_int();
    if (is_active) return account;
    if (later) best = account;
  }
  return best;
}

bool read_plugin_accounts(Value file, account::Credential& out) {
  Value chosen = chosen_of(file);
  if (!chosen) return false;
  copy(chosen, "refreshToken", out.refresh_token);
  copy(chosen, "email", out.label);
  copy(chosen, "projectId", out.project);
  copy(chosen, "managedProjectId", out.project);
  return true;
}

// {"type":"oauth","refresh":"token|project","access":..,"expires":ms}
void read_plugin_login(Value file, account::Credential& out) {
  copy(file, "refresh", out.refresh_token);
  copy(file, "access", out.access_token);
  out.expires_ms = file["expires"].to_int();
}

// {"type":"antigravity", ...}: the expiry stands there as a time, or as when and for how long.
void read_proxy_file(Value file, account::Credential& out) {
  copy(file, "access_token", out.access_token);
  copy(file, "refresh_token", out.refresh_token);
  copy(file, "email", out.label);
  copy(file, "project_id", out.project);
  int64_t expires = google::timestamp_ms(file["expired"].str());
  if (expires < 0) expires = file["timestamp"].to_int() + file["expires_in"].to_int() * 1000;
  out.expires_ms = expires;
}

bool is_plugin_login(Value file) {
  return file["type"].equals("oauth") && file["refresh"].is_string() && file["expires"].has_value();
}

}  // namespace

void unpack(account::Credential& credential) {
  std::string packed = credential.refresh_token;
  std::string_view rest = packed;
  credential.refresh_token = base::take_until(rest, '|');
  std::string project(base::take_until(rest, '|'));
  std::string managed(rest);
  if (!project.empty() && credential.project.empty()) credential.project = project;
  if (!managed.empty()) credential.project = managed;
}

bool read_credential_file(Value file, bool named, account::Credential& out) {
  if (file["accounts"].is_array() && file["version"].has_value()) {
    if (!read_plugin_accounts(file, out)) return false;
  } else if (file["type"].equals("antigravity")) {
    read_proxy_file(file, out);
  } else if (named && is_plugin_login(file)) {
    read_plugin_login(file, out);
  } else {
    bool ours = named || file["client_id"].equals(descriptor().value("client_id"));
    if (!ours || !google::read_credential_file(file, out)) return false;
  }
  unpack(out);
  return true;
}

}  // namespace provider::gravity
