// Anthropic Messages, the functions behind kAnthropic. Rules per field: docs/protocol/anthropic.md.
#pragma once

#include "base/text.h"
#include "protocol/anthropic_place.h"
#include "protocol/protocol.h"

namespace protocol::anthropic {

using Problem = std::optional<chat::Error>;

// ---- the surface: a client's request

// A missing max_tokens is the last thing to be complained of (param "max_tokens"): by then `out` is complete,
// which is all that counting tokens needs.
Problem read(json::Value body, base::Arena& arena, chat::Request& out);

// A request that is being read, with what only its end can tell.
struct Reading {
  chat::Request& out;
  base::Arena& arena;
  std::vector<chat::Text> removed_tools{};  // withdrawn in the middle of the conversation
  std::vector<chat::Text> hosted_tools{};   // run at Anthropic's: not among Request::tools
  chat::Thinking::Effort said_effort =
      chat::Thinking::Effort::unset;  // by a message; wins over the request's
};

Problem read_system(json::Value system, Reading& reading);
Problem read_messages(json::Value messages, Reading& reading);
// The content of one message: a string or an array of blocks.
Problem read_content(json::Value content, const Place& place, Reading& reading);
// A system text in the middle of the conversation.
Problem read_instruction(json::Value content, const Place& place, Reading& reading);
Problem read_tools(json::Value tools, Reading& reading);
Problem read_tool(json::Value tool, const Place& place, Reading& reading);
Problem read_tool_choice(json::Value choice, Reading& reading);
// Once all is read: a choice of what runs at Anthropic's is left to the model.
void settle_tool_choice(Reading& reading);
Problem read_output_config(json::Value config, const Place& place, Reading& reading);

// ---- the wire: a request to an upstream

Problem write(const chat::Request& request, const Target& target, std::string& out);

// ---- answers

std::unique_ptr<Decoder> make_decoder();
std::unique_ptr<Encoder> make_stream_encoder(Stamp stamp);
std::unique_ptr<Encoder> make_whole_encoder(Stamp stamp);

std::string_view stop_reason_of(chat::Finish finish, bool met_stop_sequence);
void append_usage(const chat::Usage& usage, std::string& out);
// An upstream's search: what it found, as the content of a web_search_tool_result.
void append_search_results(chat::Raw found, std::string& out);
// The id of a search block, made of what is at hand. Our own ids are known again by this beginning.
constexpr std::string_view kSearchId = "srvtoolu_isthmus_";
void append_search_id(std::string_view stem, size_t number, std::string& out);
// An image of the answer as Markdown, escaped: this protocol's answers hold no images of their own.
void append_image_text(const chat::Event& event, std::string& out);

void error(const chat::Error& error, std::string_view request_id, std::string& out);
int http_status(const chat::Error& error);

}  // namespace protocol::anthropic
