// A protocol is a wire format. It knows the model of a conversation (chat/) and nothing of any other
// protocol.
//
// As a client surface it reads requests and encodes answers; as an upstream wire it writes requests and
// decodes answers. Everything a gateway needs to know of one stands in a `Protocol`; `all.cc` lists them.
#pragma once

#include <memory>
#include <optional>
#include <span>
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
  bool array = false;  // Gemini without alt=sse: the stream is one JSON array
  // What the client sent, for encoders that echo it (Responses) or undo a reader's mapping (custom tools).
  // Null for an answer without a request (an exchange that outlived its instance).
  const chat::Request* request = nullptr;
  json::Value body;
  std::string previous;  // Responses: id of the response that this one goes on from, or empty
  bool stored = false;   // Responses: the answer can be fetched later
  // Responses, where events of an upstream's own have gone before: the number of the next one, and the id of
  // the response that they began, whole; empty if they gave none.
  int64_t sequence = 0;
  std::string begun;
};

// Turns an answer's events into bytes for the client. One per exchange.
class Encoder : public chat::Sink {
 public:
  // What has been encoded since the last take; the caller clears it. An encoder for streams appends whole
  // frames.
  std::string& out() { return out_; }
  // Stream encoders: bytes that keep the connection alive and mean nothing. May differ once the answer has
  // begun.
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
  // Once, before the first event: what was asked, for decoders to which that makes a difference.
  virtual void begin(const chat::Request&, const struct Target&) {}
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
  bool thinks = false;               // codewhisperer: thinking is on unless the client switches it off
  bool signatures_required = false;  // Gemini 3: tool calls of the active turn must carry a signature
  bool multiple_choices = true;      // n > 1
  bool logprobs = true;
  bool penalties = true;
  int64_t max_output = 0;    // tokens, 0 = unknown
  bool sampling = true;      // temperature, top_p, top_k
  bool prefill = true;       // goes on with an answer that the client has begun
  bool web_search = false;   // the upstream searches the web itself when asked
  bool custom_tools = true;  // free-text tools; else they become functions with one string
  // openai_chat: a tool to declare where the client declares none, since the model babbles without any. Calls
  // of it are dropped. Empty: none.
  std::string placeholder_tool;
  // codewhisperer: a tool to declare with one string, `query`, whose calls the gateway answers itself by
  // searching the web. Empty: none.
  std::string search_tool;
  std::string home;         // tag of the account the request goes to
  std::string session;      // the conversation as a UUID, stable while it lasts; where the wire names it
  std::string profile;      // codewhisperer: the account's profile ARN, may be empty
  std::string client;       // codewhisperer: the origin to name, "AI_EDITOR"
  int64_t max_input = 0;    // tokens of context, 0 = unknown
  int64_t max_request = 0;  // bytes of a request body, 0 = unlimited
  int64_t max_image = 0;    // codewhisperer: bytes of an image as base64, 0 = unlimited
  int64_t max_media = 0;    // codewhisperer: images and documents of a conversation, 0 = unlimited
  int64_t max_tools = 0;    // codewhisperer: tools of a request, 0 = unlimited
  bool media_urls = true;   // the upstream loads by itself what its wire names by an https URL

  bool sealed_thoughts = false;  // openai_chat: Copilot's `reasoning_text` with its `reasoning_opaque`
  // openai_responses: deltas of a call's arguments that bear an `obfuscation` are ciphertext, which only the
  // finished item has in the clear. OpenAI's own bear one and are clear.
  bool sealed_arguments = false;
  bool native_schema =
      false;            // gemini: tools by `parameters`, in the subset of JSON Schema that Antigravity takes
  bool claude = false;  // gemini: the model behind the wire is Anthropic's, whose rules hold there too
  bool bare = false;    // gemini: it draws: neither tools nor instructions go to it
  bool empty_fails = false;  // gemini: an answer with nothing in it is a failure, and is tried again
  bool retry = false;  // gemini: an answer to this request came to nothing; another temperature may help
  std::string_view
      rejection;  // gemini: how an "answer" begins that only says the client is too old; or empty

  // May a signature of `request` go to this upstream, whose wire is `wire`? Foreign state is left out: an
  // upstream refuses what another account minted.
  bool accepts(const chat::Signature& signature, Origin wire) const {
    return signature.origin == wire && !signature.text.empty() &&
           (signature.home.empty() || home.empty() || signature.home == home);
  }
};

// How an upstream cuts its stream into events.
enum class Framing : uint8_t { sse, aws_event_stream };

// A protocol that is only a wire has no reader and no encoders; one that is only a surface no writer and no
// decoder.
struct Protocol {
  Origin origin;
  std::string_view name;  // "openai_chat"
  Framing framing = Framing::sse;
  // What the last event of a complete stream holds, one alternative per entry: "[DONE]". Empty: unknown.
  std::span<const std::string_view> last_words = {};
  // The end of an answer is the end of its stream, which comes at once: whoever wants it whole may read it
  // so.
  bool ends_with_stream = false;
  // Client headers that belong to this protocol and go on to an upstream that speaks it too (lower case).
  std::span<const std::string_view> forwarded = {};
  // Does the body name the model, and whether to stream? Gemini's URL does.
  bool model_in_body = true;
  // Does an upstream's body name the conversation (Target::session)?
  bool names_session = false;
  // Its streams hold one block at a time: events reach its encoders through chat::InOrder.
  bool sequential = false;

  // Reads a client's body. Views in `out` live as long as `body`'s document and `arena`.
  std::optional<chat::Error> (*read)(json::Value body, base::Arena& arena, chat::Request& out) = nullptr;
  // Appends the upstream's request body. An error here is the client's: the target cannot honour a field.
  std::optional<chat::Error> (*write)(const chat::Request& request, const Target& target,
                                      std::string& out) = nullptr;

  std::unique_ptr<Decoder> (*decoder)() = nullptr;
  std::unique_ptr<Encoder> (*stream_encoder)(Stamp stamp) = nullptr;
  std::unique_ptr<Encoder> (*whole_encoder)(Stamp stamp) = nullptr;

  // Appends an error in this protocol's shape. `request_id` may be empty.
  void (*error)(const chat::Error& error, std::string_view request_id, std::string& out) = nullptr;
  // The HTTP status for an error, where this protocol has its own; null: chat::status_of.
  int (*status)(const chat::Error& error) = nullptr;
};

extern const Protocol kOpenaiChat;
extern const Protocol kOpenaiResponses;
extern const Protocol kAnthropic;
extern const Protocol kGemini;
extern const Protocol kCodewhisperer;
extern const Protocol kOpenaiCompletions;

// Every protocol, for tests and pages.
std::span<const Protocol* const> all();

inline int status_of(const Protocol& surface, const chat::Error& error) {
  return surface.status ? surface.status(error) : chat::status_of(error);
}

}  // namespace protocol
