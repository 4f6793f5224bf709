// OpenAI completions: a client's request, and the protocol's entry in the list.
#include <algorithm>

#include "protocol/openai_chat.h"
#include "protocol/openai_completions.h"
#include "protocol/problem.h"

namespace protocol {

namespace openai_completions {

namespace {

using json::Value;
using Problem = std::optional<chat::Error>;

// What a chat completion has under the same name and with the same meaning.
constexpr std::string_view kShared[] = {
    "model", "stream", "stream_options",   "max_tokens",        "temperature", "top_p", "n",
    "seed",  "stop",   "presence_penalty", "frequency_penalty", "logit_bias",  "user",  "reasoning_effort",
};

Problem read_prompt(Value prompt) {
  if (prompt.is_array()) {
    if (prompt.size() == 0) return invalid_value("prompt", "the array is empty; send one text.");
    for (auto [_, first] : prompt.items()) {
      if (first.is_array() || first.is(json::Kind::number)) {
        return unsupported(
            "prompt", "token ids mean nothing to a model with another tokenizer; send the prompt as text.");
      }
      if (!first.is_string()) return wrong_type("prompt", "a string or an array of one string", first);
    }
    if (prompt.size() > 1) return unsupported("prompt", "this gateway completes one prompt per request.");
  } else if (!prompt.is_string()) {
    return wrong_type("prompt", "a string or an array of one string", prompt);
  }
  return std::nullopt;
}

// The number beside the boolean that chat completions have.
Problem read_logprobs(Value logprobs, chat::Request& out) {
  if (!logprobs.has_value()) return std::nullopt;
  if (!logprobs.is(json::Kind::number)) return wrong_type("logprobs", "an integer", logprobs);
  int64_t count = logprobs.to_int();
  if (count < 0 || count > 5) return invalid_value("logprobs", "it must be at least 0 and at most 5.");
  out.logprobs = "true";
  out.top_logprobs = logprobs.raw();
  return std::nullopt;
}

// What only a model that completes text can do.
Problem check_rest(Value body, const chat::Request& request) {
  if (!body["suffix"].inner().empty()) {
    return unsupported("suffix", "chat models cannot write what stands between two texts.");
  }
  Value best_of = body["best_of"], echo = body["echo"];
  if (best_of.has_value() && best_of.to_int() != request.choices()) {
    return unsupported("best_of",
                       "choosing among several answers is not supported; leave it out, or equal to 'n'.");
  }
  if (echo.has_value() && !echo.is(json::Kind::boolean)) return wrong_type("echo", "a boolean", echo);
  if (echo.is_true() && !request.logprobs.empty()) {
    return unsupported("echo", "chat models give no log probabilities of the prompt.");
  }
  return std::nullopt;
}

}  // namespace

chat::Text prompt_of(Value body) {
  Value prompt = body["prompt"];
  for (auto [_, first] : prompt.items()) return first.inner();
  return prompt.inner();
}

Problem read(Value body, base::Arena&, chat::Request& out) {
  if (!body.is_object()) return wrong_type("body", "a JSON object", body);
  for (auto [key, value] : body.items()) {
    bool shared = std::any_of(std::begin(kShared), std::end(kShared),
                              [key = key](std::string_view name) { return key.equals(name); });
    if (!shared) continue;
    if (auto problem = openai_chat::read_member(key, value, out)) return problem;
  }
  if (out.model.empty()) return missing("model");
  Value prompt = body["prompt"];
  if (!prompt.has_value()) return missing("prompt");
  if (auto problem = read_prompt(prompt)) return problem;
  if (prompt_of(body).empty()) return invalid_value("prompt", "it is empty; send the text to go on from.");
  out.begin(chat::Role::user);
  out.add(chat::Block::Kind::text).body = prompt_of(body);
  if (auto problem = read_logprobs(body["logprobs"], out)) return problem;
  return check_rest(body, out);
}

}  // namespace openai_completions

const Protocol kOpenaiCompletions = {
    .origin = Origin::openai_completions,
    .name = "openai_completions",
    .read = openai_completions::read,
    .stream_encoder = openai_completions::make_stream_encoder,
    .whole_encoder = openai_completions::make_whole_encoder,
    .error = openai_chat::error,
};

}  // namespace protocol
