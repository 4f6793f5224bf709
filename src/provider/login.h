// Logging in: how a person's account at an upstream becomes a credential.
//
// A login is a resumable state machine. Each step takes the Login as the step before left it, perhaps in
// another instance: between steps whoever drives it keeps it, sealed (gateway/admin_login.h).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "account/account.h"
#include "chat/error.h"
#include "provider/call.h"

namespace provider {

// A way in.
struct LoginMethod {
  enum class Kind : uint8_t {
    device,  // show Login::url and Login::code, then continue until it is done
    paste,   // show Login::url; the person brings back a code, or the address of the page they landed on
    key,     // the person brings a key of the service
  };
  std::string_view id;  // "device", "browser", "api-key": unique within its provider
  Kind kind;
  std::string_view title;         // for people: "AWS Builder ID"
  std::string_view options = {};  // what may be given at the start, separated by commas: "region,start_url"
};

std::string_view name_of(LoginMethod::Kind kind);

struct Login {
  std::string method;
  // What was given at the start, and what the steps keep for each other. Holds secrets.
  std::map<std::string, std::string> values;

  std::string url;          // for the person to open
  std::string code;         // for the person to type there
  std::string message;      // how it stands, one sentence
  int64_t pause_ms = 5000;  // device: the least pause before the next step
  int64_t expires_ms = 0;   // absolute; 0 = never

  bool done = false;
  account::Credential credential;  // once it is done; id and provider are filled in by the driver
};

// The Login between two steps as JSON, without its credential.
std::string to_json(const Login& login);
bool from_json(std::string_view json, Login& out);

// The 400 for something that the person gave or forgot.
chat::Error login_problem(std::string message);
// The upstream did not go on with a login: `what` failed. `said` is its reason, if it gave one. A refusal is
// a 400; what says nothing of the login (an upstream out of order, busy or out of reach, no JSON) a 502 that
// may be tried again.
chat::Error login_failed(const Answer& answer, std::string_view what, std::string_view said);

// The code in what a person pasted: the code itself, "code#state", or the address of the page they landed on,
// whose "state" must then be `state`. What is wrong with it goes into `problem`.
std::string pasted_code(std::string_view input, std::string_view state, std::optional<chat::Error>& problem);

// Proof Key for Code Exchange (RFC 7636, S256).
struct Pkce {
  std::string verifier, challenge;
};
Pkce make_pkce();

}  // namespace provider
