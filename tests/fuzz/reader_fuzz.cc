// Every surface's reader on arbitrary bodies: an error says something, and what was read is written for every
// wire as a JSON object.
#include <string>

#include "fuzz/fuzz.h"
#include "json/document.h"
#include "protocol/protocol.h"

namespace {

// Blocks, messages and children fit into each other.
void check(const chat::Request& request) {
  size_t next = 0;
  for (const chat::Message& message : request.messages) {
    fuzz::expect(message.first == next);
    next += message.count;
    size_t end = next;
    fuzz::expect(end <= request.blocks.size());
    for (size_t i = message.first; i < end; i++) {
      fuzz::expect(i + request.blocks[i].children < end);
      i += request.blocks[i].children;
    }
  }
  fuzz::expect(next == request.blocks.size());
}

void write(const protocol::Protocol& wire, const chat::Request& request, bool strict_model) {
  protocol::Target target;
  target.model = "m";
  target.thinking = strict_model ? "level" : "budget";
  target.thinking_levels = "low,high";
  target.budget_max = 1000;
  target.signatures_required = strict_model;
  std::string out;
  auto problem = wire.write(request, target, out);
  if (problem) return fuzz::expect(!problem->message.empty());
  json::Document document;
  fuzz::expect(document.parse(out) == json::Error::none && document.root().is_object());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Exact exact({reinterpret_cast<const char*>(data), size});
  json::Document document;
  if (document.parse(exact.text()) != json::Error::none) return 0;
  for (const protocol::Protocol* surface : protocol::all()) {
    if (!surface->read) continue;
    base::Arena arena;
    chat::Request request;
    if (auto problem = surface->read(document.root(), arena, request)) {
      fuzz::expect(!problem->message.empty());
      continue;
    }
    check(request);
    for (const protocol::Protocol* wire : protocol::all()) {
      if (!wire->write) continue;
      write(*wire, request, false);
      write(*wire, request, true);
    }
  }
  return 0;
}
