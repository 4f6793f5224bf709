// The answer, as it streams: the one alphabet that every decoder speaks and every encoder understands.
//
// Views in an Event are valid only during the call of Sink::event.
#pragma once

#include <cstdint>
#include <string_view>

#include "chat/error.h"
#include "chat/request.h"

namespace chat {

enum class Finish : uint8_t { stop, length, tool_calls, content_filter, refusal };

// Token counts as OpenAI and Gemini count: `input` includes `cached`, `output` includes `reasoning`.
struct Usage {
  int64_t input = 0, cached = 0, cache_write = 0, output = 0, reasoning = 0, total = 0;
  bool known = false;
};

struct Event {
  enum class Type : uint8_t {
    text,       // `text` goes on
    thinking,   // `text` goes on
    signature,  // `signature` of the block before it (thinking or text); `id`: OpenAI's reasoning item id
    redacted_thinking,  // a whole block of its own: only `signature`; `name`: "compaction" if it is OpenAI's
                        // compacted conversation
    refusal,            // `text` goes on
    tool_call,  // a call begins: `id` (may be empty), `name`, `index`, maybe `signature`; `arguments` is its
                // first piece: all of it if !encoded and not empty
    tool_arguments,  // `arguments` (encoded) of call `index` goes on
    tool_end,        // call `index` has all its arguments; decoders that cannot know leave it out
    search,  // the upstream searched the web: `id`, `text` = the query, `raw` = [{"url":...,"title":...},...]
    media,   // `media_type`, `text` = base64 data
    logprobs,  // `raw`: an array in the shape of OpenAI's choices[].logprobs.content
    finish,    // `finish`; `text`: the stop sequence that was met, if the upstream said which
  };
  Type type;
  uint16_t choice = 0;  // which of n completions
  uint16_t index = 0;   // tool_call, tool_arguments: running number of the call within the choice, from 0
  Text text{}, id{}, name{}, media_type{};
  Raw raw{};
  Arguments arguments{};
  Signature signature{};
  Finish finish = Finish::stop;
};

// Where events go. Order: any events, per choice exactly one finish, then exactly one of end() and fail(),
// which nothing follows. usage() may come at any time before, and more than once: the last counts stand.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void event(const Event& event) = 0;
  virtual void usage(const Usage& usage) = 0;
  virtual void end() = 0;
  virtual void fail(const Error& error) = 0;
};

}  // namespace chat
