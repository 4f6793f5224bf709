// The built-in descriptor. Source: the clients of GitHub Copilot as collected on 2026-11; the lists that live
// accounts get replace the models.
//
// A model's `wire` names the endpoints it is on. `betas`: the values of anthropic-beta that Copilot knows.
#pragma once

#include <string_view>

namespace provider {

constexpr std::string_view kCopilotBuiltIn = R"json({
  "values": {
    "github_url": "https://github.com",
    "github_api_url": "https://api.github.com",
    "api_url": "https://api.githubcopilot.com",
    "api_hosts": "api.githubcopilot.com,api.individual.githubcopilot.com,api.business.githubcopilot.com,api.enterprise.githubcopilot.com,copilot-proxy.githubusercontent.com",
    "client_id": "Iv1.b507a08c87ecfe98",
    "scope": "read:user",
    "user_agent": "GitHubCopilotChat/0.35.0",
    "editor_version": "vscode/1.107.0",
    "plugin_version": "copilot-chat/0.35.0",
    "integration_id": "vscode-chat",
    "intent": "conversation-edits",
    "api_version": "2026-06-01",
    "github_api_version": "2025-04-01",
    "betas": "interleaved-thinking-2025-05-14,context-management-2025-06-27,advanced-tool-use-2025-11-20"
  },
  "models": [
    {"id": "gpt-5.4", "wire": "responses", "thinking": "level", "levels": "none,low,medium,high,xhigh", "input": 128000, "output": 64000},
    {"id": "gpt-5.3-codex", "wire": "responses", "thinking": "level", "levels": "none,low,medium,high,xhigh", "input": 128000, "output": 64000},
    {"id": "gpt-5.2", "wire": "chat,responses", "thinking": "level", "levels": "none,low,medium,high,xhigh", "input": 128000, "output": 64000},
    {"id": "gpt-5.2-codex", "wire": "responses", "thinking": "level", "levels": "none,low,medium,high,xhigh", "input": 128000, "output": 64000},
    {"id": "gpt-5.1", "wire": "chat,responses", "thinking": "level", "levels": "none,low,medium,high", "input": 128000, "output": 64000},
    {"id": "gpt-5.1-codex", "wire": "responses", "thinking": "level", "levels": "none,low,medium,high", "input": 128000, "output": 64000},
    {"id": "gpt-5.1-codex-mini", "wire": "responses", "thinking": "level", "levels": "none,low,medium,high", "input": 128000, "output": 64000},
    {"id": "gpt-5.1-codex-max", "wire": "responses", "thinking": "level", "levels": "none,low,medium,high,xhigh", "input": 128000, "output": 64000},
    {"id": "gpt-5", "wire": "chat,responses", "thinking": "level", "levels": "low,medium,high", "input": 128000, "output": 64000},
    {"id": "gpt-5-mini", "wire": "chat,responses", "thinking": "level", "levels": "low,medium,high", "input": 128000, "output": 64000},
    {"id": "gpt-5-codex", "wire": "responses", "thinking": "level", "levels": "low,medium,high", "input": 128000, "output": 64000},
    {"id": "claude-opus-4.6", "wire": "chat,messages", "thinking": "level", "levels": "low,medium,high", "input": 128000, "output": 32000},
    {"id": "claude-sonnet-4.6", "wire": "chat,messages", "thinking": "level", "levels": "low,medium,high", "input": 128000, "output": 32000},
    {"id": "claude-opus-4.5", "wire": "chat,messages", "thinking": "level", "levels": "low,medium,high", "input": 128000, "output": 32000},
    {"id": "claude-sonnet-4.5", "wire": "chat,messages", "thinking": "level", "levels": "low,medium,high", "input": 128000, "output": 32000},
    {"id": "claude-haiku-4.5", "wire": "chat,messages", "thinking": "level", "levels": "low,medium,high", "input": 128000, "output": 32000},
    {"id": "claude-sonnet-4", "wire": "chat,messages", "thinking": "level", "levels": "low,medium,high", "input": 128000, "output": 16000},
    {"id": "claude-opus-4.1", "wire": "chat,messages", "input": 80000, "output": 16000},
    {"id": "gemini-3.1-pro-preview", "wire": "chat", "input": 128000, "output": 64000},
    {"id": "gemini-3-pro-preview", "wire": "chat", "input": 128000, "output": 64000},
    {"id": "gemini-3-flash-preview", "wire": "chat", "input": 128000, "output": 64000},
    {"id": "gemini-2.5-pro", "wire": "chat", "input": 128000, "output": 64000},
    {"id": "grok-code-fast-1", "wire": "chat", "input": 128000, "output": 64000},
    {"id": "oswe-vscode-prime", "wire": "chat,responses", "input": 200000, "output": 64000, "aliases": ["raptor-mini"]},
    {"id": "gpt-4.1", "wire": "chat", "input": 128000, "output": 16384},
    {"id": "gpt-4o", "wire": "chat", "input": 64000, "output": 16384},
    {"id": "gpt-4o-mini", "wire": "chat", "input": 64000, "output": 4096}
  ]
})json";

}  // namespace provider
