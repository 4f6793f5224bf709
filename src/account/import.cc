#include "account/import.h"

#include "json/document.h"

namespace account {

namespace {

using json::Value;

void copy(Value from, std::string_view name, std::string& to) {
  if (from[name].is_string() && to.empty()) to = from[name].str();
}

void read_tokens(Value from, Credential& out) {
  copy(from, "access_token", out.access_token);
  copy(from, "refresh_token", out.refresh_token);
  copy(from, "client_id", out.client_id);
  copy(from, "client_secret", out.client_secret);
}

}  // namespace

bool import(std::string_view text, Credential& out, std::string& problem) {
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
  bool tool_file =
      root["expiry_date"].is(json::Kind::number) || root["token"] || root["type"].equals("authorized_user");
  if (!tool_file) return from_json(text, out, problem);

  out.provider = root["provider"].is_string() ? root["provider"].str() : "gemini-cli";
  out.expires_ms = root["expiry_date"].to_int();
  read_tokens(root, out);
  if (root["token"].is_object()) read_tokens(root["token"], out);
  if (root["token"].is_string()) out.access_token = root["token"].str();
  copy(root, "project_id", out.project);
  copy(root, "quota_project_id", out.project);
  copy(root, "email", out.label);
  // These three are ours, beside whatever the tool wrote.
  copy(root, "label", out.label);
  copy(root, "base_url", out.base_url);
  copy(root, "token_url", out.token_url);
  out.project = out.project.substr(0, out.project.find(','));
  // Once more through our own reader: what it refuses in a record it refuses in a tool's file.
  Credential checked;
  if (!from_json(to_json(out), checked, problem)) return false;
  out = std::move(checked);
  return true;
}

}  // namespace account
