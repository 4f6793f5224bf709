// The built-in descriptor. Source: Google's model pages as collected on 2026-11; names that Google has
// retired are aliases of their successors.
#pragma once

#include <string_view>

namespace provider {

constexpr std::string_view kGeminiBuiltIn = R"json({
  "values": {
    "base_url": "https://generativelanguage.googleapis.com/v1beta"
  },
  "models": [
    {"id": "gemini-3.1-pro-preview", "thinking": "level", "levels": "low,medium,high",
     "thinking_can_be_off": false, "signatures_required": true, "input": 1048576, "output": 65536},
    {"id": "gemini-3-pro-preview", "thinking": "level", "levels": "low,high", "thinking_can_be_off": false,
     "signatures_required": true, "input": 1048576, "output": 65536},
    {"id": "gemini-3-flash-preview", "thinking": "level", "levels": "minimal,low,medium,high",
     "thinking_can_be_off": false, "signatures_required": true, "input": 1048576, "output": 65536},
    {"id": "gemini-3.5-flash", "thinking": "level", "levels": "minimal,low,medium,high",
     "thinking_can_be_off": false, "signatures_required": true, "input": 1048576, "output": 65536},
    {"id": "gemini-3.5-flash-lite", "thinking": "level", "levels": "minimal,low,medium,high",
     "thinking_can_be_off": false, "signatures_required": true, "input": 1048576, "output": 65536},
    {"id": "gemini-3.1-flash-lite-preview", "thinking": "level", "levels": "minimal,low,medium,high",
     "thinking_can_be_off": false, "signatures_required": true, "input": 1048576, "output": 65536},
    {"id": "gemini-3-pro-image-preview", "thinking": "level", "levels": "low,high",
     "thinking_can_be_off": false, "signatures_required": true, "input": 1048576, "output": 65536},
    {"id": "gemini-2.5-pro", "thinking": "budget", "budget_min": 128, "budget_max": 32768,
     "thinking_can_be_off": false, "input": 1048576, "output": 65536,
     "aliases": ["gemini-2.5-pro-preview-06-05", "gemini-pro-latest"]},
    {"id": "gemini-2.5-flash", "thinking": "budget", "budget_min": 0, "budget_max": 24576,
     "thinking_can_be_off": true, "input": 1048576, "output": 65536,
     "aliases": ["gemini-2.5-flash-preview-09-2025", "gemini-flash-latest"]},
    {"id": "gemini-2.5-flash-lite", "thinking": "budget", "budget_min": 512, "budget_max": 24576,
     "thinking_can_be_off": true, "input": 1048576, "output": 65536,
     "aliases": ["gemini-flash-lite-latest"]}
  ]
})json";

}  // namespace provider
