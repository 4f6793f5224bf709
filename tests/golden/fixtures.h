// The golden files: conversations in every client protocol, answers in every wire's, and what becomes of
// each.
//
// A file is a row of sections "=== name". Request fixtures: "base" is a whole body, every other section the
// members that differ from it, named after the field at stake. README.md tells how protocols join.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/protocol.h"

namespace golden {

struct Section {
  std::string name, body;
};
std::vector<Section> read_sections(const std::string& file);
std::string to_text(const std::vector<Section>& sections);

// The fixtures of a protocol; empty if it has none. Requests are whole bodies already.
std::vector<Section> requests_of(const protocol::Protocol& surface);
std::vector<Section> answers_of(const protocol::Protocol& wire);

// An upstream to write for: a wire and what it must know of the model.
struct Upstream {
  std::string name;
  const protocol::Protocol* wire;
  protocol::Target target;
};
std::vector<Upstream> upstreams();
std::vector<const protocol::Protocol*> surfaces();
std::vector<const protocol::Protocol*> wires();

// What `upstream` gets for `body`, or "refused: <param>: <message>".
std::string translate_request(const protocol::Protocol& surface, std::string_view body,
                              const Upstream& upstream);

// What the client gets for the chunks of an upstream's stream, in order; `stream`: does it want one?
std::string translate_answer(const protocol::Protocol& wire, std::span<const std::string_view> chunks,
                             const protocol::Protocol& surface, bool stream);
// What the decoder says of the chunks, one event per line.
std::string decode_answer(const protocol::Protocol& wire, std::span<const std::string_view> chunks);

}  // namespace golden
