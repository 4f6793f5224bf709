// One conversation, as every protocol reads and writes it.
//
// Everything is a view: Text is JSON-escaped text (what stands between the quotes of some JSON string) in the
// client's body or in the arena that was given to the reader. Nothing is unescaped on the way from one
// protocol to the next. A Request therefore lives no longer than the body and the arena it was read from.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace chat {

using Text = std::string_view;  // escaped, quotes not included
using Raw = std::string_view;   // a whole JSON value; empty = absent

// The wire format that minted an opaque blob. A writer of another protocol drops the blob.
enum class Origin : uint8_t {
  none,
  openai_chat,
  openai_responses,
  anthropic,
  gemini,
  codewhisperer,
  openai_completions
};

// A tool call's arguments: a JSON object, or the inside of a JSON string that holds one.
struct Arguments {
  std::string_view text;
  bool encoded = false;
};

// An opaque proof that belongs to a block (Gemini thoughtSignature, Anthropic signature, encrypted
// reasoning).
struct Signature {
  Text text;
  Origin origin = Origin::none;
  Text home{};  // tag of the account that minted it (account::tag_of); empty = unknown, which every account
                // may try
};

enum class Role : uint8_t { user, assistant };

// A system or developer text at the head of the conversation.
struct Instruction {
  Text text;
  Raw cache_control;  // Anthropic's object, or empty
};

// Where a media block's bytes are.
enum class Source : uint8_t { base64, url, file_id };

struct Block {
  enum class Kind : uint8_t { text, thinking, media, tool_call, tool_result };
  Kind kind = Kind::text;
  Source source = Source::base64;  // media
  bool is_error = false;           // tool_result
  bool instruction = false;  // text: said by the system in the middle of the conversation, in a user message
  bool redacted = false;     // thinking: no text, only `signature` (Anthropic's redacted_thinking)
  bool custom = false;       // tool_call, tool_result: of a custom tool; `arguments` is its input, encoded
  uint16_t children = 0;     // tool_result: the next `children` blocks are its content (text and media)
  Text body;                 // text, thinking; media: base64 data, URL or file id
  Text id;                   // tool_call, tool_result; thinking: OpenAI's reasoning item id, may be empty
  Text name;                 // tool_call, tool_result: function; media: file name, may be empty
  Text media_type;           // media: "image/png"; may be empty for a URL
  Text detail;               // media: OpenAI's "low" | "high" | "auto", may be empty
  Arguments arguments;       // tool_call
  Signature signature;       // thinking, text, tool_call
  Raw cache_control;         // Anthropic's object, or empty
};

struct Message {
  Role role;
  uint32_t first, count;  // blocks [first, first + count) of Request::blocks, children included
};

struct Tool {
  Text name;            // unique in the request; of a namespaced tool: namespace and member, joined by "__"
  Text description;     // may be empty
  Raw schema;           // JSON Schema of the parameters; empty = no parameters
  Raw strict;           // "true", "false" or empty
  bool custom = false;  // takes free text, not JSON (OpenAI's custom tools)
  Raw grammar;          // custom: OpenAI's `format` object, may be empty
  Text space, member;   // OpenAI's namespace tools: the namespace and the name within it; else empty
  Raw cache_control;    // Anthropic's object, or empty
};

struct ToolChoice {
  enum class Mode : uint8_t { unset, automatic, none, required, named };
  Mode mode = Mode::unset;
  std::vector<Text> names;  // named: exactly one; required: an allowed subset, empty = any
  bool search = false;      // automatic: or the upstream's own web search at once, where that can be said
};

struct ResponseFormat {
  enum class Type : uint8_t { unset, text, json_object, json_schema };
  Type type = Type::unset;
  Text name;         // json_schema
  Text description;  // json_schema, may be empty
  Raw schema;        // json_schema
  Raw strict;
};

struct Thinking {
  // The ladder of efforts that the four surfaces name. `unset`: the model decides.
  enum class Effort : uint8_t { unset, none, minimal, low, medium, high, xhigh, max };
  Effort effort = Effort::unset;
  Raw budget;   // tokens, a JSON number; wins over effort when present
  Raw include;  // "true" | "false": does the client want to see thoughts?
};

struct Request {
  Text model;  // as the client named it
  std::vector<Instruction> system;
  std::vector<Message> messages;
  std::vector<Block> blocks;
  std::vector<Tool> tools;
  ToolChoice tool_choice;
  Raw parallel_tool_calls;  // "true" | "false" | empty
  ResponseFormat format;
  Thinking thinking;
  Raw temperature, top_p, top_k, max_tokens, seed, presence_penalty, frequency_penalty, logit_bias;
  Raw n, logprobs, top_logprobs;
  Raw metadata, modalities, image_config, audio;
  Text user, service_tier, verbosity;
  std::vector<Text> stop;
  bool web_search = false;  // the client asked for the upstream's own web search
  bool asks = false;        // the last message that the client sent is the user's, and holds no tool results
  bool packed = false;      // holds what this gateway wrapped, or words of another protocol: the body cannot
                            // go on as it is
  bool refers = false;      // names items of earlier answers by their ids alone
  bool compacts = false;    // asks for a summary of itself, as one compaction item (Responses)
  bool stream = false;
  bool include_usage = false;

  // Starts a message, or goes on with the last one if it has the same role: no upstream minds, several
  // insist.
  void begin(Role role);
  // Adds a block to the last message. The reference is valid until the next add.
  Block& add(Block::Kind kind);
  // Number of completions asked for, at least 1.
  int64_t choices() const;
};

// The name of the function that the call `id` asked for, looked up backwards; empty if there is no such call.
Text function_of(const Request& request, Text id);
// The declared tool of that name, or null.
const Tool* find_tool(const Request& request, Text name);

}  // namespace chat
