#include "gateway/context_overflow.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace gateway {

namespace {

using protocol::Origin;

// The upstreams' words, in lower case.
constexpr std::string_view kWords[] = {
    "context_length_exceeded",                       // OpenAI, and most that follow it
    "maximum context length",                        //
    "context window",                                // OpenAI Responses, Codex
    "prompt is too long",                            // Anthropic
    "input is too long",                             // CodeWhisperer
    "content_length_exceeds_threshold",              //
    "exceeds the maximum number of tokens allowed",  // Gemini
    "model_max_prompt_tokens_exceeded",              // Copilot
    "prompt token count",                            //
    "range of input length",                         // Qwen
    "too many input tokens",                         //
    "token limit exceeded",                          //
};

struct Counts {
  int64_t given = 0, allowed = 0;  // tokens, 0 = not said
};

// The two numbers of the message: the larger one is what was sent, for it was too much.
Counts counts_in(std::string_view message) {
  constexpr int64_t kSmallest = 1000;  // what is less counts something else
  std::vector<int64_t> numbers;
  for (size_t i = 0; i < message.size();) {
    std::string digits;
    while (i < message.size() &&
           ((message[i] >= '0' && message[i] <= '9') || (message[i] == ',' && !digits.empty()))) {
      if (message[i] != ',') digits += message[i];
      i++;
    }
    if (auto number = base::to_int(digits); number && *number >= kSmallest) numbers.push_back(*number);
    i++;
  }
  if (numbers.empty()) return {};
  auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
  return *low == *high ? Counts{0, *low} : Counts{*high, *low};
}

std::string of_openai(const Counts& counts) {
  std::string message = "This model's maximum context length is " + base::to_text(counts.allowed) + " tokens";
  if (!counts.given) return message + ", and your input is longer. Shorten it and try again.";
  return message + ". However, your messages resulted in " + base::to_text(counts.given) +
         " tokens. Please reduce the length of the messages.";
}

std::string of_anthropic(const Counts& counts) {
  if (!counts.given)
    return "prompt is too long: it exceeds the maximum of " + base::to_text(counts.allowed) + " tokens";
  return "prompt is too long: " + base::to_text(counts.given) + " tokens > " + base::to_text(counts.allowed) +
         " maximum";
}

std::string of_gemini(const Counts& counts) {
  std::string message = "The input token count";
  if (counts.given) message += " (" + base::to_text(counts.given) + ")";
  return message + " exceeds the maximum number of tokens allowed (" + base::to_text(counts.allowed) + ").";
}

}  // namespace

bool is_overflow(const chat::Error& error) {
  using chat::Fault;
  bool of_request = error.fault == Fault::upstream_refused || error.fault == Fault::invalid_request ||
                    error.fault == Fault::upstream || error.fault == Fault::too_large;
  if (!of_request) return false;
  std::string said = base::lower(error.code) + " " + base::lower(error.message);
  return std::any_of(std::begin(kWords), std::end(kWords),
                     [&](std::string_view words) { return said.find(words) != said.npos; });
}

void say_overflow(chat::Error& error, Origin surface, int64_t max_input) {
  if (!is_overflow(error)) return;
  Counts counts = counts_in(error.message);
  if (!counts.allowed) counts.allowed = max_input;
  if (counts.allowed) {
    error.message = surface == Origin::anthropic ? of_anthropic(counts)
                    : surface == Origin::gemini  ? of_gemini(counts)
                                                 : of_openai(counts);
  } else if (surface == Origin::anthropic) {
    error.message = "prompt is too long: " + error.message;
  }
  error.fault = chat::Fault::upstream_refused;
  error.code = "context_length_exceeded";
  error.status = 400;
  error.retry = false;
}

}  // namespace gateway
