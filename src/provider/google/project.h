// Code Assist bills a Google Cloud project: finding the account's own, or having one made (onboarding).
// Shared by the logins of Google's CLI and of Antigravity, which go through different doors of one house.
#pragma once

#include <optional>
#include <string>

#include "account/account.h"
#include "base/task.h"
#include "chat/error.h"
#include "provider/call.h"
#include "provider/descriptor.h"

namespace provider::google {

// Where and as whom the questions are asked.
struct Door {
  std::string service;      // for people: "Gemini Code Assist"
  std::string load_url;     // "https://.../v1internal"
  std::string onboard_url;  // the same, for onboardUser and its operations
  std::string user_agent;
  std::string ide_type;       // "IDE_UNSPECIFIED"
  std::string default_tier;   // where Google names none as the default
  bool onboards_all = false;  // an account that has a tier but no project is onboarded as well
};

// Does the account name a project that Code Assist takes? Project numbers it refuses.
bool has_project(const account::Account& account);
// A fresh token and a project: the account can send.
bool is_ready(const account::Account& account, int64_t now_ms);

// loadCodeAssist: the account's tiers, project and credits.
base::Task<Answer> load(uint32_t req, const account::Account& account, const Door& door);

// Fills credential.project. The procedure is that of Google's own tools: loadCodeAssist, and onboardUser for
// an account that has no tier yet. What only a person can mend (a verification, a licence) stops the account
// and says so.
base::Task<std::optional<chat::Error>> find_project(uint32_t req, account::Account& account, Door door);

// The project was refused: it will be found again. One that a person has set stays, for nobody else may
// choose what is billed.
void forget_project(account::Account& account);

// Makes the account ready: a token where it has no fresh one, a project where it has none. `descriptor` must
// be static.
base::Task<std::optional<chat::Error>> renew(uint32_t req, account::Account& account,
                                             const Descriptor& descriptor, Door door);

}  // namespace provider::google
