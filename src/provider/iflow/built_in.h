// The built-in descriptor. Source: iFlow's command line tool and its imitators as collected on 2026-11.
//
// An account without a base URL of its own is retired while "base_url" is "ended_url", the address that was
// shut down. "sign": "" sends no signature along.
#pragma once

#include <string_view>

namespace provider {

constexpr std::string_view kIflowBuiltIn = R"json({
  "values": {
    "base_url": "https://apis.iflow.cn/v1",
    "ended_url": "https://apis.iflow.cn/v1",
    "site_url": "https://iflow.cn",
    "platform_url": "https://platform.iflow.cn",
    "client_id": "10009311001",
    "client_secret": "4Z3YjXycVsQvyGF1etiNlIBB4RsqSDtW",
    "redirect_uri": "http://localhost:11451/oauth2callback",
    "user_agent": "iFlow-Cli",
    "browser_agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36",
    "sign": "yes"
  },
  "environment": {"IFLOW_BASE_URL": "base_url"},
  "models": [
    {"id": "glm-5", "thinking": "switch"},
    {"id": "glm-4.7", "thinking": "switch"},
    {"id": "glm-4.6", "thinking": "switch"},
    {"id": "qwen3-coder-plus"},
    {"id": "qwen3-max"},
    {"id": "qwen3-max-preview"},
    {"id": "qwen3-vl-plus"},
    {"id": "kimi-k2.5"},
    {"id": "kimi-k2-thinking"},
    {"id": "kimi-k2-0905"},
    {"id": "kimi-k2"},
    {"id": "minimax-m2.5", "thinking": "switch"},
    {"id": "minimax-m2.1", "thinking": "switch"},
    {"id": "minimax-m2", "thinking": "switch"},
    {"id": "deepseek-v3.2", "thinking": "switch", "aliases": ["deepseek-v3.2-chat", "deepseek-v3.2-reasoner"]},
    {"id": "deepseek-v3.1", "thinking": "switch"},
    {"id": "deepseek-r1", "thinking_can_be_off": false},
    {"id": "deepseek-v3"},
    {"id": "qwen3-235b-a22b-thinking-2507", "thinking_can_be_off": false},
    {"id": "qwen3-235b-a22b-instruct"},
    {"id": "qwen3-235b"},
    {"id": "qwen3-32b"},
    {"id": "iflow-rome-30ba3b"}
  ]
})json";

}  // namespace provider
