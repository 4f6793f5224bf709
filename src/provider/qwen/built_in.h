// The built-in descriptor. Source: Qwen Code 0.10 to 0.24 as collected on 2026-11.
//
// "client" chooses the lines that are sent along: those of "headers_<client>", separated by bars.
// "placeholder_tool" is declared to coder models where the client declares no tool; empty: it never is.
// "portal_model" is what a login's models of family "portal" have become; empty: they go by their own names.
// "plan_<name>_url" is where the keys of a plan are good.
#pragma once

#include <string_view>

namespace provider {

constexpr std::string_view kQwenBuiltIn = R"json({
  "values": {
    "base_url": "https://portal.qwen.ai/v1",
    "auth_url": "https://chat.qwen.ai/api/v1/oauth2",
    "hosts": "qwen.ai,aliyuncs.com",
    "client_id": "f0304373b74a44d2b584a3fb70ca9e56",
    "scope": "openid profile email model.completion",
    "client": "qwen-code",
    "headers_qwen-code": "user-agent: QwenCode/0.14.2 (darwin; arm64)|x-dashscope-useragent: QwenCode/0.14.2 (darwin; arm64)|x-dashscope-cachecontrol: enable|x-stainless-runtime: node|x-stainless-runtime-version: v22.17.0|x-stainless-lang: js|x-stainless-arch: arm64|x-stainless-os: MacOS|x-stainless-package-version: 5.11.0|x-stainless-retry-count: 0|sec-fetch-mode: cors|accept-language: *",
    "headers_google": "user-agent: google-api-nodejs-client/9.15.1|x-goog-api-client: gl-node/22.17.0|client-metadata: ideType=IDE_UNSPECIFIED,platform=PLATFORM_UNSPECIFIED,pluginType=GEMINI",
    "placeholder_tool": "no_tool_available",
    "portal_model": "coder-model",
    "plan_dashscope_url": "https://dashscope.aliyuncs.com/compatible-mode/v1",
    "plan_dashscope-intl_url": "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
    "plan_dashscope-us_url": "https://dashscope-us.aliyuncs.com/compatible-mode/v1",
    "plan_dashscope-hk_url": "https://cn-hongkong.dashscope.aliyuncs.com/compatible-mode/v1",
    "plan_coding_url": "https://coding.dashscope.aliyuncs.com/v1",
    "plan_coding-intl_url": "https://coding-intl.dashscope.aliyuncs.com/v1",
    "plan_token_url": "https://token-plan.cn-beijing.maas.aliyuncs.com/compatible-mode/v1",
    "plan_token-intl_url": "https://token-plan.ap-southeast-1.maas.aliyuncs.com/compatible-mode/v1"
  },
  "environment": {"QWEN_BASE_URL": "base_url", "QWEN_OAUTH_BASE_URL": "auth_url", "QWEN_CLIENT": "client"},
  "models": [
    {"id": "coder-model", "family": "portal", "thinking": "switch", "input": 1048576, "output": 65536},
    {"id": "qwen3-coder-plus", "family": "portal", "input": 1000000, "output": 65536},
    {"id": "qwen3-coder-flash", "family": "portal", "input": 1000000, "output": 65536},
    {"id": "vision-model", "family": "portal", "aliases": ["qwen3-vl-plus"], "input": 262144, "output": 32768},
    {"id": "qwen3.8-max", "thinking": "level", "levels": "low,medium,xhigh"},
    {"id": "qwen3.7-max", "thinking": "switch"},
    {"id": "qwen3.7-plus", "thinking": "switch"},
    {"id": "qwen3.6-plus", "thinking": "switch", "input": 1000000, "output": 65536},
    {"id": "qwen3.5-plus", "thinking": "switch", "input": 1000000, "output": 65536},
    {"id": "qwen3-max-2026-01-23", "thinking": "switch", "input": 262144, "output": 65536},
    {"id": "qwen3-coder-next", "input": 262144, "output": 65536},
    {"id": "glm-5", "thinking": "switch", "input": 202752, "output": 16384},
    {"id": "glm-4.7", "thinking": "switch", "input": 202752, "output": 16384},
    {"id": "kimi-k2.7-code"},
    {"id": "kimi-k2.6", "thinking": "switch"},
    {"id": "kimi-k2.5", "thinking": "switch", "input": 262144, "output": 32768},
    {"id": "MiniMax-M2.5", "input": 196608, "output": 24576}
  ]
})json";

}  // namespace provider
