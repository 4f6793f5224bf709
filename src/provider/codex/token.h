// ChatGPT's OAuth: what its tokens say, and refreshing them. Refresh tokens work once.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "account/account.h"
#include "base/task.h"
#include "chat/error.h"
#include "json/document.h"
#include "provider/descriptor.h"

namespace provider::chatgpt {

// The provider's data.
Descriptor& descriptor();

// What a JSON Web Token says of its owner. Nothing is verified: it comes from its issuer, over TLS.
struct Claims {
  std::string account_id, email;
  int64_t expires_ms = 0;
};
Claims claims_of(std::string_view token);

// The word in an error of OpenAI's login endpoints, wherever it stands.
std::string word_of(json::Value root);

// Takes whichever of the tokens `answer` has, and what they say. What it lacks stays as it was.
void take_tokens(json::Value answer, account::Credential& out);

bool is_fresh(const account::Account& account, int64_t now_ms);
base::Task<std::optional<chat::Error>> refresh(uint32_t req, account::Account& account);

// The file of the Codex CLI (~/.codex/auth.json), or that of its imitators.
bool adopt(json::Value file, account::Credential& out);

}  // namespace provider::chatgpt
