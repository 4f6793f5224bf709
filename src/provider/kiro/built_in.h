// The built-in descriptor. Source: what Kiro's clients send and the catalogs they get, as collected on
// 2026-11. The profile of Builder IDs ("AAAACCCCXXXX") looks made up and is not: AWS gives all of them this
// one.
#pragma once

#include <string_view>

namespace provider {

constexpr std::string_view kKiroBuiltIn = R"json({
  "values": {
    "region": "us-east-1",
    "api_region": "",
    "api_regions": "us-east-1,eu-central-1",
    "base_url": "",
    "runtime_url": "https://runtime.{region}.kiro.dev",
    "q_url": "https://q.{region}.amazonaws.com",
    "management_url": "https://management.{region}.kiro.dev",
    "refresh_url": "https://prod.{region}.auth.desktop.kiro.dev/refreshToken",
    "refresh_idc_url": "https://oidc.{region}.amazonaws.com/token",
    "device_url": "https://prod.us-east-1.auth.desktop.kiro.dev/oauth/device",
    "oidc_url": "https://oidc.{region}.amazonaws.com",
    "start_url": "https://view.awsapps.com/start",
    "client_name": "isthmus",
    "scopes": "codewhisperer:completions,codewhisperer:analysis,codewhisperer:conversations",
    "idp_hosts": "login.microsoftonline.com,login.microsoftonline.us,login.microsoftonline.cn",
    "profile_arn": "",
    "builder_profile_arn": "arn:aws:codewhisperer:us-east-1:638616132270:profile/AAAACCCCXXXX",
    "max_request": "1080000",
    "old_max_request": "600000",
    "max_image": "5242880",
    "max_images": "100",
    "max_tools": "128",
    "service": "AmazonCodeWhispererStreamingService.",
    "control_service": "KiroControlPlaneBearerService.",
    "old_control_service": "AmazonCodeWhispererService.",
    "user_agent_cli": "aws-sdk-rust/1.3.15 ua/2.1 api/codewhispererstreaming/0.1.17975 os/linux lang/rust/1.92.0 md/appVersion-2.14.2 m/F app/AmazonQ-For-CLI",
    "amz_user_agent_cli": "aws-sdk-rust/1.3.15 ua/2.1 api/codewhispererstreaming/0.1.17975 os/linux lang/rust/1.92.0 m/F app/AmazonQ-For-CLI",
    "user_agent_ide": "aws-sdk-js/1.0.34 ua/2.1 os/linux#6.8.0 lang/js md/nodejs#22.21.1 api/codewhispererstreaming#1.0.34 m/E KiroIDE-0.11.63-{machine}",
    "amz_user_agent_ide": "aws-sdk-js/1.0.34 KiroIDE-0.11.63-{machine}",
    "user_agent_auth": "KiroIDE-0.11.63-{machine}"
  },
  "environment": {
    "KIRO_REGION": "region",
    "KIRO_API_REGION": "api_region",
    "KIRO_BASE_URL": "base_url",
    "KIRO_REFRESH_URL": "refresh_url",
    "KIRO_REFRESH_IDC_URL": "refresh_idc_url",
    "KIRO_PROFILE_ARN": "profile_arn"
  },
  "models": [
    {"id": "claude-opus-5", "thinking": "adaptive", "levels": "low,medium,high,xhigh,max", "input": 1000000, "output": 64000, "aliases": ["claude-opus-5-0"]},
    {"id": "claude-fable-5", "thinking": "adaptive", "levels": "low,medium,high,max", "input": 1000000, "output": 64000},
    {"id": "claude-opus-4.8", "thinking": "adaptive", "levels": "low,medium,high,xhigh,max", "input": 1000000, "output": 64000, "aliases": ["claude-opus-4-8"]},
    {"id": "claude-opus-4.7", "thinking": "adaptive", "levels": "low,medium,high,xhigh,max", "input": 1000000, "output": 64000, "aliases": ["claude-opus-4-7"]},
    {"id": "claude-opus-4.6", "thinking": "adaptive", "levels": "low,medium,high,max", "input": 1000000, "output": 64000, "aliases": ["claude-opus-4-6"]},
    {"id": "claude-opus-4.5", "thinking": "tags", "budget_min": 1024, "budget_max": 32000, "input": 200000, "output": 64000, "aliases": ["claude-opus-4-5", "claude-opus-4-5-20251101"]},
    {"id": "claude-sonnet-5", "thinking": "adaptive", "levels": "low,medium,high,max", "input": 1000000, "output": 64000, "aliases": ["claude-sonnet-5-0"]},
    {"id": "claude-sonnet-4.6", "thinking": "adaptive", "levels": "low,medium,high,max", "input": 1000000, "output": 64000, "aliases": ["claude-sonnet-4-6"]},
    {"id": "claude-sonnet-4.5", "thinking": "tags", "budget_min": 1024, "budget_max": 32000, "input": 200000, "output": 64000, "aliases": ["claude-sonnet-4-5", "claude-sonnet-4-5-20250929", "CLAUDE_SONNET_4_5_20250929_V1_0"]},
    {"id": "claude-sonnet-4", "thinking": "tags", "budget_min": 1024, "budget_max": 32000, "input": 200000, "output": 64000, "aliases": ["claude-sonnet-4-0", "claude-sonnet-4-20250514", "CLAUDE_SONNET_4_20250514_V1_0"]},
    {"id": "claude-haiku-4.5", "thinking": "tags", "budget_min": 1024, "budget_max": 32000, "input": 200000, "output": 64000, "aliases": ["claude-haiku-4-5", "claude-haiku-4-5-20251001"]},
    {"id": "claude-3.7-sonnet", "thinking": "tags", "budget_min": 1024, "budget_max": 32000, "input": 200000, "output": 64000, "aliases": ["claude-3-7-sonnet", "claude-3-7-sonnet-20250219", "CLAUDE_3_7_SONNET_20250219_V1_0"]},
    {"id": "gpt-5.6-sol", "thinking": "reasoning", "levels": "low,medium,high,xhigh", "input": 272000, "output": 64000},
    {"id": "gpt-5.6-terra", "thinking": "reasoning", "levels": "low,medium,high,xhigh", "input": 272000, "output": 64000},
    {"id": "gpt-5.6-luna", "thinking": "reasoning", "levels": "low,medium,high,xhigh", "input": 272000, "output": 64000},
    {"id": "qwen3-coder-next", "input": 256000},
    {"id": "deepseek-3.2", "input": 128000, "aliases": ["deepseek-3-2"]},
    {"id": "glm-5", "input": 200000},
    {"id": "minimax-m2.5", "input": 200000},
    {"id": "minimax-m2.1", "input": 200000},
    {"id": "auto", "aliases": ["kiro-auto"]}
  ]
})json";

}  // namespace provider
