// The built-in descriptor. Source: the tables of Google's own CLI as collected on 2026-11. The OAuth client
// is that of an installed app: Google does not treat its secret as one.
#pragma once

#include <string_view>

namespace provider {

constexpr std::string_view kGeminiCliBuiltIn = R"json({
  "values": {
    "base_url": "https://cloudcode-pa.googleapis.com",
    "token_url": "https://oauth2.googleapis.com/token",
    "authorize_url": "https://accounts.google.com/o/oauth2/v2/auth",
    "userinfo_url": "https://www.googleapis.com/oauth2/v2/userinfo",
    "redirect_page_url": "https://codeassist.google.com/authcode",
    "redirect_local_url": "http://localhost:8085/oauth2callback",
    "scopes": "https://www.googleapis.com/auth/cloud-platform https://www.googleapis.com/auth/userinfo.email https://www.googleapis.com/auth/userinfo.profile",
    "client_id": "681255809395-oo8ft2oprdrnp9e3aqf6av3hmdib135j.apps.googleusercontent.com",
    "client_secret": "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",
    "user_agent": "GeminiCLI/0.61.0/",
    "user_agent_platform": " (linux; x64; terminal)"
}
, "models" : [
  {
    "id" : "gemini-3.1-pro-preview",
    "thinking" : "level",
    "levels" : "low,medium,high",
    "thinking_can_be_off" : false,
    "signatures_required" : true,
    "input" : 1048576,
    "output" : 65536
  },
  {
    "id" : "gemini-3-pro-preview",
    "thinking" : "level",
    "levels" : "low,high",
    "thinking_can_be_off" : false,
    "signatures_required" : true,
    "input" : 1048576,
    "output" : 65536
  },
  {
    "id" : "gemini-3-flash-preview",
    "thinking" : "level",
    "levels" : "minimal,low,medium,high",
    "thinking_can_be_off" : false,
    "signatures_required" : true,
    "input" : 1048576,
    "output" : 65536
  },
  {
    "id" : "gemini-3.5-flash",
    "thinking" : "level",
    "levels" : "minimal,low,medium,high",
    "thinking_can_be_off" : false,
    "signatures_required" : true,
    "input" : 1048576,
    "output" : 65536,
    "upstream" : "gemini-3-flash",
    "aliases" : ["gemini-3-flash"]
  },
  {
    "id" : "gemini-3.1-flash-lite-preview",
    "thinking" : "level",
    "levels" : "minimal,low,medium,high",
    "thinking_can_be_off" : false,
    "signatures_required" : true,
    "input" : 1048576,
    "output" : 65536,
    "aliases" : ["gemini-3.1-flash-lite"]
  },
  {
    "id" : "gemini-2.5-pro",
    "thinking" : "budget",
    "budget_min" : 128,
    "budget_max" : 32768,
    "thinking_can_be_off" : false,
    "input" : 1048576,
    "output" : 65536,
    "aliases" : ["gemini-2.5-pro-preview-06-05"]
  },
  {
    "id" : "gemini-2.5-flash",
    "thinking" : "budget",
    "budget_min" : 0,
    "budget_max" : 24576,
    "thinking_can_be_off" : true,
    "input" : 1048576,
    "output" : 65536,
    "aliases" : ["gemini-2.5-flash-preview-09-2025"]
  },
  {
    "id" : "gemini-2.5-flash-lite",
    "thinking" : "budget",
    "budget_min" : 512,
    "budget_max" : 24576,
    "thinking_can_be_off" : true,
    "input" : 1048576,
    "output" : 65536
  }
]
})json";

}  // namespace provider
