// The built-in descriptor. Source: OpenAI's Codex CLI as collected on 2026-11.
#pragma once

#include <string_view>

namespace provider {

constexpr std::string_view kCodexBuiltIn = R"json({
  "values": {
    "base_url": "https://chatgpt.com/backend-api/codex",
    "key_base_url": "https://api.openai.com/v1",
    "issuer_url": "https://auth.openai.com",
    "client_id": "app_EMoamEEZ73f0CkXaXp7hrann",
    "redirect_uri": "http://localhost:1455/auth/callback",
    "scope": "openid email profile offline_access",
    "originator": "codex_cli_rs",
    "client_version": "0.146.0",
    "user_agent_platform": " (Mac OS 26.5.0; arm64) iTerm.app/3.6.10"
  },
  "environment": {"CODEX_BASE_URL": "base_url"},
  "models": [
    {"id": "gpt-5.6-sol", "thinking": "level", "levels": "low,medium,high,xhigh,max", "input": 272000, "output": 128000},
    {"id": "gpt-5.6-terra", "thinking": "level", "levels": "low,medium,high,xhigh,max", "input": 272000, "output": 128000},
    {"id": "gpt-5.6-luna", "thinking": "level", "levels": "low,medium,high,xhigh,max", "input": 272000, "output": 128000},
    {"id": "gpt-5.5", "thinking": "level", "levels": "low,medium,high,xhigh", "input": 272000, "output": 128000},
    {"id": "gpt-5.4", "thinking": "level", "levels": "low,medium,high,xhigh", "input": 1000000, "output": 128000},
    {"id": "gpt-5.4-mini", "thinking": "level", "levels": "low,medium,high,xhigh", "input": 272000, "output": 128000},
    {"id": "gpt-5.3-codex", "thinking": "level", "levels": "low,medium,high,xhigh", "input": 272000, "output": 128000},
    {"id": "gpt-5.3-codex-spark", "thinking": "level", "levels": "low,medium,high,xhigh", "input": 128000, "output": 128000},
    {"id": "gpt-5.2", "thinking": "level", "levels": "none,low,medium,high,xhigh", "input": 272000, "output": 128000},
    {"id": "gpt-5.2-codex", "thinking": "level", "levels": "low,medium,high,xhigh", "input": 272000, "output": 128000},
    {"id": "gpt-5.1", "thinking": "level", "levels": "none,low,medium,high", "input": 272000, "output": 128000},
    {"id": "gpt-5.1-codex", "thinking": "level", "levels": "low,medium,high", "input": 272000, "output": 128000},
    {"id": "gpt-5.1-codex-max", "thinking": "level", "levels": "low,medium,high,xhigh", "input": 272000, "output": 128000},
    {"id": "gpt-5.1-codex-mini", "thinking": "level", "levels": "medium,high", "input": 272000, "output": 128000},
    {"id": "gpt-5", "thinking": "level", "levels": "minimal,low,medium,high", "input": 272000, "output": 128000},
    {"id": "gpt-5-codex", "thinking": "level", "levels": "low,medium,high", "input": 272000, "output": 128000},
    {"id": "gpt-5-codex-mini", "thinking": "level", "levels": "medium,high", "input": 272000, "output": 128000}
  ]
})json";

}  // namespace provider
