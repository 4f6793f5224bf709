// The built-in descriptor. Source: Anthropic's model pages as collected on 2026-11.
//
// "between_tools" is adaptive thinking whose way to be off is to think between tools only.
#pragma once

#include <string_view>

namespace provider {

constexpr std::string_view kAnthropicBuiltIn = R"json({
  "values": {
    "base_url": "https://api.anthropic.com",
    "version": "2023-06-01"
  },
  "models": [
    {"id": "claude-fable-5-2", "thinking": "adaptive", "levels": "low,medium,high,xhigh,max",
     "input": 1000000, "output": 128000, "thinking_can_be_off": false, "sampling": false, "prefill": false},
    {"id": "claude-fable-5-1", "thinking": "adaptive", "levels": "low,medium,high,xhigh,max",
     "input": 1000000, "output": 128000, "thinking_can_be_off": false, "sampling": false, "prefill": false},
    {"id": "claude-fable-5", "thinking": "adaptive", "levels": "low,medium,high,xhigh,max",
     "input": 1000000, "output": 128000, "thinking_can_be_off": false, "sampling": false, "prefill": false},
    {"id": "claude-opus-5-5", "thinking": "adaptive", "levels": "low,medium,high,xhigh,max",
     "input": 1000000, "output": 128000, "thinking_can_be_off": false, "sampling": false, "prefill": false},
    {"id": "claude-opus-5", "thinking": "adaptive", "levels": "low,medium,high,xhigh,max",
     "input": 1000000, "output": 128000, "sampling": false, "prefill": false},
    {"id": "claude-opus-4-8", "thinking": "adaptive", "levels": "low,medium,high,xhigh,max",
     "input": 1000000, "output": 128000, "sampling": false, "prefill": false},
    {"id": "claude-opus-4-7", "thinking": "adaptive", "levels": "low,medium,high,xhigh,max",
     "input": 1000000, "output": 128000, "sampling": false, "prefill": false},
    {"id": "claude-opus-4-6", "thinking": "adaptive", "levels": "low,medium,high,max",
     "input": 1000000, "output": 128000, "prefill": false},
    {"id": "claude-sonnet-5-5", "thinking": "between_tools", "levels": "low,medium,high,xhigh,max",
     "input": 1000000, "output": 128000, "sampling": false, "prefill": false},
    {"id": "claude-sonnet-5", "thinking": "adaptive", "levels": "low,medium,high,xhigh,max",
     "input": 1000000, "output": 128000, "sampling": false, "prefill": false},
    {"id": "claude-sonnet-4-6", "thinking": "adaptive", "levels": "low,medium,high,max",
     "input": 1000000, "output": 64000, "prefill": false},
    {"id": "claude-haiku-5-5", "thinking": "adaptive", "levels": "low,medium,high,xhigh,max",
     "input": 1000000, "output": 128000, "sampling": false, "prefill": false},
    {"id": "claude-opus-4-5", "thinking": "budget",
     "input": 200000, "output": 64000, "aliases": ["claude-opus-4-5-20251101"]},
    {"id": "claude-sonnet-4-5", "thinking": "budget",
     "input": 200000, "output": 64000, "aliases": ["claude-sonnet-4-5-20250929"]},
    {"id": "claude-haiku-4-5", "thinking": "budget",
     "input": 200000, "output": 64000, "aliases": ["claude-haiku-4-5-20251001"]}
  ]
})json";

}  // namespace provider
