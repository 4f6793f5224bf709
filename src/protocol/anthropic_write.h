// The parts of a request to an Anthropic upstream, each in a file of its own.
#pragma once

#include "json/writer.h"
#include "protocol/anthropic.h"
#include "protocol/anthropic_cache.h"

namespace protocol::anthropic {

// All append to the object that is open.
void write_tools(json::Writer& w, const chat::Request& request, const Target& target, CacheMarks& marks);
void write_tool_choice(json::Writer& w, const chat::Request& request, const Target& target);
void write_system(json::Writer& w, const chat::Request& request, CacheMarks& marks);
// `thinks`: does the request switch thinking on?
Problem write_messages(json::Writer& w, const chat::Request& request, const Target& target, CacheMarks& marks,
                       bool thinks);
// An image or a document, as a whole block. An error: the service takes nothing of that kind.
Problem write_media_block(json::Writer& w, const chat::Block& block, chat::Raw mark);

// How the model is to think, and how much it may say.
struct Plan {
  enum class Thinking : uint8_t { unset, off, between_tools, budget, adaptive };
  Thinking thinking = Thinking::unset;
  int64_t budget = 0;                                             // budget
  chat::Thinking::Effort effort = chat::Thinking::Effort::unset;  // adaptive
  int64_t max_tokens = 0;
  bool thinks() const { return thinking == Thinking::budget || thinking == Thinking::adaptive; }
};
bool is_adaptive(const Target& target);
Plan plan_of(const chat::Request& request, const Target& target);
void write_thinking(json::Writer& w, const chat::Request& request, const Plan& plan);
// The level of `levels` ("low,high", ascending; empty: low to max) nearest to `effort`.
std::string_view level_of(std::string_view levels, chat::Thinking::Effort effort);

// An answer's schema with every object in it closed.
void write_closed_schema(json::Writer& w, chat::Raw schema);

// Nothing but white space, escaped or not?
bool is_blank(chat::Text text);
chat::Text without_trailing_space(chat::Text text);

}  // namespace protocol::anthropic
