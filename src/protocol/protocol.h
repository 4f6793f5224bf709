// A protocol is a wire format. It knows the model of a conversation (chat/) and nothing of any other
// protocol.
//
// As a client surface it reads requests and encodes answers; as an upstream wire it writes requests and
// decodes answers. Everything a gateway needs to know of one stands in a `Protocol`; `all.cc` lists them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "chat/event.h"
#include "chat/request.h"
#include "json/document.h"

namespace protocol {

using chat::Origin;

// What an answer is stamped with.
struct Stamp {
  std::string id;       // unique per answer, no prefix, ASCII: "3f2a..."
  std::string model;    // the model as the client asked for it, escaped JSON text
  int64_t created = 0;  // seconds since 1970
  bool include_usage = false;
};

// Turns an answer's events into bytes for the client. One per exchange.
class Encoder : public chat::Sink {
 public:
  // What has been encoded since the last take; the caller clears it. An encoder for streams appends whole
  // frames.
  std::string& out() { return out_; }
  // Stream encoders: bytes that keep the connection alive and mean nothing.
  virtual std::string_view keepalive() const { return {}; }
  // Whole-answer encoders: the HTTP status to answer with. Stream encoders are past that.
  virtual int status() const { return 200; }
  virtual std::string_view content_type() const = 0;

 protected:
  std::string out_;
};

// Turns an upstream's events into chat events. One per upstream answer.
class Decoder {
 public:
  virtual ~Decoder() = default;
  // One SSE event. False once the upstream has said its last word ("[DONE]", an error): the rest is not read.
  virtual bool event(std::string_view name, std::string_view data, chat::Sink& sink) = 0;
  // The upstream closed the stream, in order or not (`broken`). Says end() or fail() if that has not been
  // said yet.
  virtual void close(bool broken, chat::Sink& sink) = 0;
};

// What a writer must know of the model it writes for.
struct Target {
  std::string model;                 // the upstream's id, escaped JSON text
  std::string_view thinking;         // how thinking is set: "budget", "level", or empty: not at all
  std::string_view thinking_levels;  // "low,high": the levels it has
  int64_t budget_min = 0, budget_max = 0;
  bool thinking_can_be_off = true;
  bool signatures_required = false;  // Gemini 3: tool calls of the active turn must carry a signature
  bool multiple_choices = true;      // n > 1
  bool logprobs = true;
  bool penalties = true;
  int64_t max_output = 0;  // tokens, 0 = unknown
};

struct Protocol {
  Origin origin;
  std::string_view name;  // "openai_chat"

  // Reads a client's body. Views in `out` live as long as `body`'s document and `arena`.
  std::optional<chat::Error> (*read)(json::Value body, base::Arena& arena, chat::Request& out);
  // Appends the upstream's request body. An error here is the client's: the target cannot honour a field.
  std::optional<chat::Error> (*write)(const chat::Request& request, const Target& target, std::string& out);

  std::unique_ptr<Decoder> (*decoder)();
  std::unique_ptr<Encoder> (*stream_encoder)(Stamp stamp);
  std::unique_ptr<Encoder> (*whole_encoder)(Stamp stamp);

  // Appends an error in this protocol's shape.
  void (*error)(const chat::Error& error, std::string& out);
};

extern const Protocol kOpenaiChat;
extern const Protocol kGemini;

}  // namespace protocol
