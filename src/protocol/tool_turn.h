// Tool calls and their results, as the wires want them that pair each call with a result in the next turn.
#pragma once

#include <string>
#include <vector>

#include "chat/request.h"
#include "json/writer.h"

namespace protocol {

constexpr size_t kNoResult = size_t(-1);
// Index of the result that answers `call`: the first of its id among the blocks from `first` on that answers
// no other; or kNoResult. It is marked in `used`, which has an entry for each of the blocks in question.
size_t result_of(const chat::Request& request, const chat::Block& call, size_t first,
                 std::vector<bool>& used);

// Writes the arguments of `call` as an object. What is none (a custom tool's text, an agent's half-written
// call) stands under "input" as the string that it is. `scratch` is overwritten.
void write_input_object(json::Writer& w, const chat::Block& call, std::string& scratch);

}  // namespace protocol
