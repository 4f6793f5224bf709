#include "provider/google/credential_file.h"

namespace provider::google {

namespace {

using json::Value;

void copy(Value from, std::string_view name, std::string& to) {
  if (from[name].is_string() && to.empty()) to = from[name].str();
}

void read_tokens(Value from, account::Credential& out) {
  copy(from, "access_token", out.access_token);
  copy(from, "refresh_token", out.refresh_token);
  copy(from, "client_id", out.client_id);
  copy(from, "client_secret", out.client_secret);
}

}  // namespace

bool read_credential_file(Value file, account::Credential& out) {
  bool known =
      file["expiry_date"].is(json::Kind::number) || file["token"] || file["type"].equals("authorized_user");
  if (!known) return false;
  out.expires_ms = file["expiry_date"].to_int();
  read_tokens(file, out);
  if (file["token"].is_object()) read_tokens(file["token"], out);
  if (file["token"].is_string()) out.access_token = file["token"].str();
  // Of unknown age: a fresh one costs one request, a dead one would fail each.
  if (out.expires_ms == 0 && !out.refresh_token.empty()) out.access_token.clear();
  copy(file, "project_id", out.project);
  copy(file, "quota_project_id", out.project);
  copy(file, "email", out.label);
  out.project = out.project.substr(0, out.project.find(','));
  return true;
}

}  // namespace provider::google
