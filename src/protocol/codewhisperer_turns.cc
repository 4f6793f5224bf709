#include "protocol/codewhisperer_turns.h"

#include <algorithm>

namespace protocol::codewhisperer {

namespace {

using chat::Block;
using chat::Message;
using chat::Request;
using chat::Role;
using Kind = Block::Kind;

// What stands where the wire wants words and there are none.
constexpr std::string_view kGoOn = "Continue";
constexpr std::string_view kResultsOnly = "Tool results provided.";
constexpr std::string_view kImagesOnly = "See the attached files.";
constexpr std::string_view kCallsOnly = " ";
constexpr std::string_view kNoResult = "No result was given.";
constexpr std::string_view kEmptyResult = "(empty)";

Turn assistant_turn(const Request& request, const Message& message) {
  Turn turn;
  turn.role = Role::assistant;
  for (size_t i = message.first; i < message.first + message.count; i++) {
    const Block& block = request.blocks[i];
    if (block.kind == Kind::text) turn.text += block.body;
    if (block.kind == Kind::thinking) turn.thinking = &block;
    if (block.kind == Kind::tool_call) turn.calls.push_back(&block);
  }
  return turn;
}

// The text of a result; its media go to the turn, which alone can hold them.
ToolResult result_of(const Request& request, size_t at, Turn& turn) {
  const Block& block = request.blocks[at];
  ToolResult result{block.id, {}, block.is_error};
  for (size_t child = at + 1; child <= at + block.children; child++) {
    const Block& part = request.blocks[child];
    if (part.kind == Kind::text) result.text += part.body;
    if (part.kind == Kind::media) turn.media.push_back(&part);
  }
  if (result.text.empty()) result.text = kEmptyResult;
  return result;
}

Turn user_turn(const Request& request, const Message& message) {
  Turn turn;
  for (size_t i = message.first; i < message.first + message.count; i++) {
    const Block& block = request.blocks[i];
    if (block.kind == Kind::text) add_paragraph(turn.text, block.body);
    if (block.kind == Kind::media) turn.media.push_back(&block);
    if (block.kind != Kind::tool_result) continue;
    turn.results.push_back(result_of(request, i, turn));
    i += block.children;
  }
  return turn;
}

bool has_result(const Turn& turn, chat::Text id) {
  return std::any_of(turn.results.begin(), turn.results.end(),
                     [&](const ToolResult& result) { return result.id == id; });
}

// A result that answers no call of the turn before it, or one that was answered already, becomes text.
void keep_answers(const Turn* before, Turn& turn) {
  std::vector<ToolResult> kept;
  for (ToolResult& result : turn.results) {
    bool asked = before && std::any_of(before->calls.begin(), before->calls.end(),
                                       [&](const Block* call) { return call->id == result.id; });
    bool again =
        std::any_of(kept.begin(), kept.end(), [&](const ToolResult& k) { return k.id == result.id; });
    if (asked && !again) {
      kept.push_back(std::move(result));
    } else {
      add_paragraph(turn.text, "Result of a tool: " + result.text);
    }
  }
  turn.results = std::move(kept);
}

void pair_up(std::vector<Turn>& turns) {
  for (size_t i = 0; i < turns.size(); i++) {
    if (turns[i].role != Role::user) continue;
    Turn* before = i > 0 ? &turns[i - 1] : nullptr;
    keep_answers(before, turns[i]);
    if (!before) continue;
    for (const Block* call : before->calls) {
      if (!has_result(turns[i], call->id))
        turns[i].results.push_back({call->id, std::string(kNoResult), true});
    }
  }
}

void fill(Turn& turn) {
  if (!turn.text.empty()) return;
  turn.text = turn.role == Role::assistant ? kCallsOnly
              : !turn.results.empty()      ? kResultsOnly
              : !turn.media.empty()        ? kImagesOnly
                                           : kGoOn;
}

void place_system(const Request& request, std::vector<Turn>& turns) {
  std::string system;
  for (const chat::Instruction& said : request.system) add_paragraph(system, said.text);
  if (system.empty()) return;
  add_paragraph(system, turns.front().text);
  turns.front().text = std::move(system);
}

}  // namespace

void add_paragraph(std::string& to, std::string_view text) {
  if (text.empty()) return;
  if (!to.empty()) to += "\\n\\n";
  to += text;
}

std::vector<Turn> turns_of(const Request& request) {
  std::vector<Turn> turns;
  turns.reserve(request.messages.size() + 2);
  for (const Message& message : request.messages) {
    bool assistant = message.role == Role::assistant;
    // The model merges neighbours of one role, so only the ends can be out of turn.
    if (assistant && turns.empty()) turns.emplace_back();
    turns.push_back(assistant ? assistant_turn(request, message) : user_turn(request, message));
  }
  if (turns.empty() || turns.back().role == Role::assistant) turns.emplace_back();
  pair_up(turns);
  place_system(request, turns);
  for (Turn& turn : turns) fill(turn);
  return turns;
}

}  // namespace protocol::codewhisperer
