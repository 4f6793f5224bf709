// The built-in descriptor. Source: what Antigravity's clients send and the catalogues they get, as collected
// on 2026-11. The OAuth client is that of an installed app: Google does not treat its secret as one.
#pragma once

#include <string_view>

namespace provider {

constexpr std::string_view kAntigravityBuiltIn = R"json({
  "values": {
    "daily_url": "https://daily-cloudcode-pa.googleapis.com",
    "prod_url": "https://cloudcode-pa.googleapis.com",
    "autopush_url": "",
    "token_url": "https://oauth2.googleapis.com/token",
    "authorize_url": "https://accounts.google.com/o/oauth2/v2/auth",
    "userinfo_url": "https://www.googleapis.com/oauth2/v2/userinfo?alt=json",
    "redirect_page_url": "https://antigravity.google/oauth-callback",
    "redirect_local_url": "http://localhost:51121/oauth-callback",
    "scopes": "https://www.googleapis.com/auth/cloud-platform https://www.googleapis.com/auth/userinfo.email https://www.googleapis.com/auth/userinfo.profile https://www.googleapis.com/auth/cclog https://www.googleapis.com/auth/experimentsandconfigs openid",
    "client_id": "1071006060591-tmhssin2h21lcre235vtolojh4g403ep.apps.googleusercontent.com",
    "client_secret": "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",
    "user_agent": "antigravity/hub/2.9.1 darwin/arm64",
    "rejection": "This version of Antigravity is no longer supported",
    "hidden": "chat_,tab_,gemini-2.5-flash-thinking"
  },
  "environment": {
    "ANTIGRAVITY_BASE_URL_DAILY": "daily_url",
    "ANTIGRAVITY_BASE_URL_AUTOPUSH": "autopush_url"
  },
  "models": [
    {"id": "claude-opus-4-6-thinking", "family": "claude-gpt", "thinking": "budget", "budget_min": 1024, "budget_max": 64000, "prefill": false, "input": 200000, "output": 64000, "aliases": ["claude-opus-4-6", "claude-opus-4-5", "claude-opus-4-5-thinking", "gemini-claude-opus-4-6-thinking", "gemini-claude-opus-4-5-thinking"]},
    {"id": "claude-sonnet-4-6", "family": "claude-gpt", "thinking": "budget", "budget_min": 1024, "budget_max": 64000, "prefill": false, "input": 200000, "output": 64000, "aliases": ["claude-sonnet-4-6-thinking", "claude-sonnet-4-5", "claude-sonnet-4-5-thinking", "gemini-claude-sonnet-4-6", "gemini-claude-sonnet-4-5", "gemini-claude-sonnet-4-5-thinking"]},
    {"id": "gemini-pro-agent", "family": "gemini", "thinking": "level", "levels": "low,medium,high", "thinking_can_be_off": false, "signatures_required": true, "input": 1048576, "output": 65535, "aliases": ["gemini-3.1-pro-high", "gemini-3.1-pro-preview", "gemini-3-pro-preview", "gemini-3-pro-high"]},
    {"id": "gemini-3.1-pro-low", "family": "gemini", "thinking": "level", "levels": "low,medium,high", "thinking_can_be_off": false, "signatures_required": true, "input": 1048576, "output": 65535, "aliases": ["gemini-3-pro-low"]},
    {"id": "gemini-3.7-flash-high", "family": "gemini", "thinking": "level", "levels": "minimal,low,medium,high", "thinking_can_be_off": false, "signatures_required": true, "prefill": false, "input": 1048576, "output": 65536, "aliases": ["gemini-3.7-flash"]},
    {"id": "gemini-3.7-flash-tiered", "family": "gemini", "thinking": "level", "levels": "minimal,low,medium,high", "thinking_can_be_off": false, "signatures_required": true, "prefill": false, "input": 1048576, "output": 65536},
    {"id": "gemini-3.6-flash-high", "family": "gemini", "thinking": "level", "levels": "minimal,low,medium,high", "thinking_can_be_off": false, "signatures_required": true, "prefill": false, "input": 1048576, "output": 65536, "aliases": ["gemini-3.6-flash"]},
    {"id": "gemini-3-flash-agent", "family": "gemini", "thinking": "level", "levels": "minimal,low,medium,high", "thinking_can_be_off": false, "signatures_required": true, "input": 1048576, "output": 65536, "aliases": ["gemini-3.5-flash-high"]},
    {"id": "gemini-3.5-flash-low", "family": "gemini", "thinking": "level", "levels": "low,medium,high", "thinking_can_be_off": false, "signatures_required": true, "input": 1048576, "output": 65535, "aliases": ["gemini-3.5-flash-medium"]},
    {"id": "gemini-3.5-flash-extra-low", "family": "gemini", "thinking": "level", "levels": "low,medium,high", "thinking_can_be_off": false, "signatures_required": true, "input": 1048576, "output": 65535},
    {"id": "gemini-3-flash", "family": "gemini", "thinking": "level", "levels": "minimal,low,medium,high", "thinking_can_be_off": false, "signatures_required": true, "input": 1048576, "output": 65536, "aliases": ["gemini-3-flash-preview"]},
    {"id": "gemini-3.1-flash-lite", "family": "gemini", "thinking": "level", "levels": "minimal,low,medium,high", "signatures_required": true, "input": 1048576, "output": 65535},
    {"id": "gemini-2.5-flash", "family": "gemini", "thinking": "budget", "budget_min": 0, "budget_max": 24576, "input": 1048576, "output": 65535},
    {"id": "gemini-3.1-flash-image", "family": "gemini", "wire": "image", "signatures_required": true, "aliases": ["gemini-3.1-flash-image-preview", "gemini-3-pro-image", "gemini-3-pro-image-preview"]},
    {"id": "rev19-uic3-1p", "family": "gemini", "aliases": ["gemini-2.5-computer-use-preview-10-2025"]},
    {"id": "gpt-oss-120b-medium", "family": "claude-gpt", "input": 114000, "output": 32768}
  ]
})json";

}  // namespace provider
