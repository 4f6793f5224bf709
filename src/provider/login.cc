#include "provider/login.h"

#include "base/sha256.h"
#include "base/text.h"
#include "host/host.h"
#include "json/document.h"
#include "json/writer.h"

namespace provider {

namespace {

// The query of an address or what stands in for one: "code=...&state=...".
std::string_view query_of(std::string_view input) {
  size_t mark = input.find('?');
  if (mark != input.npos) input.remove_prefix(mark + 1);
  return input.substr(0, input.find('#'));
}

// A failure that says nothing of the login: the upstream is out of reach, out of order or busy, or a
// firewall's page came in place of its answer, or nothing.
bool failed_in_passing(const Answer& answer) {
  if (answer.status >= 500 || answer.status == 429 || answer.status == 408) return true;
  json::Document document;
  return document.parse(answer.body) != json::Error::none;
}

}  // namespace

std::string_view name_of(LoginMethod::Kind kind) {
  switch (kind) {
    case LoginMethod::Kind::device: return "device";
    case LoginMethod::Kind::paste: return "paste";
    case LoginMethod::Kind::key: return "key";
  }
  return {};
}

std::string to_json(const Login& login) {
  std::string out;
  json::Writer w(out);
  w.begin_object().key("method").string(login.method);
  w.key("url").string(login.url).key("code").string(login.code).key("message").string(login.message);
  w.key("pause_ms").number(login.pause_ms).key("expires_ms").number(login.expires_ms);
  w.key("values").begin_array();
  for (const auto& [name, value] : login.values) w.string(name).string(value);
  w.end_array().end_object();
  return out;
}

bool from_json(std::string_view text, Login& out) {
  json::Document document;
  if (document.parse(text) != json::Error::none || !document.root()["method"].is_string()) return false;
  json::Value root = document.root();
  out.method = root["method"].str();
  out.url = root["url"].str();
  out.code = root["code"].str();
  out.message = root["message"].str();
  out.pause_ms = root["pause_ms"].to_int();
  out.expires_ms = root["expires_ms"].to_int();
  std::string name;
  bool is_name = true;
  for (auto [_, text_of] : root["values"].items()) {
    if (is_name) name = text_of.str();
    if (!is_name) out.values[name] = text_of.str();
    is_name = !is_name;
  }
  return true;
}

chat::Error login_problem(std::string message) {
  chat::Error error;
  error.fault = chat::Fault::invalid_request;
  error.code = "login_problem";
  error.message = std::move(message);
  return error;
}

chat::Error login_failed(const Answer& answer, std::string_view what, std::string_view said) {
  chat::Error error = login_problem(std::string(what));
  std::string& message = error.message;
  bool out_of_reach = answer.status == host::kNetwork;
  message += " failed (";
  message += out_of_reach ? "no connection" : "HTTP " + base::to_text(answer.status);
  message += said.empty() ? ")." : "): ";
  message.append(said).append(said.empty() || said.ends_with('.') ? "" : ".");
  error.retry = failed_in_passing(answer);
  if (error.retry) error.fault = chat::Fault::upstream;
  message += error.retry ? " That is not your fault: try again in a while." : " Start again.";
  return error;
}

std::string pasted_code(std::string_view input, std::string_view state, std::optional<chat::Error>& problem) {
  input = base::trim(input);
  bool is_address = input.find("code=") != input.npos || input.find("error=") != input.npos;
  if (!is_address) {
    std::string code(input.substr(0, input.find('#')));
    bool foreign = input.size() > code.size() && input.substr(code.size() + 1) != state;
    if (foreign) problem = login_problem("This code belongs to another login. Start again.");
    if (code.empty()) problem = login_problem("Paste the code, or the address of the page you landed on.");
    return code;
  }
  std::string_view query = query_of(input);
  if (auto refused = base::query_value(query, "error")) {
    std::string why = base::query_value(query, "error_description").value_or("");
    problem = login_problem("The login was refused: " + *refused + (why.empty() ? "." : " (" + why + ")."));
  } else if (base::query_value(query, "state").value_or(std::string(state)) != state) {
    problem = login_problem("This address belongs to another login. Start again.");
  }
  std::string code = base::query_value(query, "code").value_or("");
  if (code.empty() && !problem) problem = login_problem("The address holds no code.");
  return code;
}

Pkce make_pkce() {
  std::string verifier = base::base64_url(host::random(32));
  std::string challenge = base::base64_url(base::sha256(verifier));
  return {std::move(verifier), std::move(challenge)};
}

}  // namespace provider
