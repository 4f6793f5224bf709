// The events of a stream are the same in one piece, byte by byte, and cut where the input says; and they are
// what a plain reading of the specification finds.
#include <string>

#include "fuzz/fuzz.h"
#include "http/sse.h"

namespace {

using Events = std::vector<std::string>;
constexpr size_t kLimit = 1 << 16;

Events decode(std::string_view bytes, size_t step) {
  http::SseDecoder decoder(kLimit);
  Events events;
  auto drain = [&] {
    while (decoder.next() == http::SseDecoder::Step::event)
      events.push_back(std::string(decoder.name()) + "|" + std::string(decoder.data()));
  };
  for (size_t at = 0; at < bytes.size(); at += step) {
    fuzz::Exact chunk(bytes.substr(at, step));
    decoder.feed(chunk.text());
    drain();
  }
  decoder.close();
  drain();
  return events;
}

// Line by line, as the HTML standard tells it (what we take no notice of left out).
Events read_plainly(std::string_view bytes) {
  Events events;
  std::string name, data;
  bool any = false;
  auto line = [&](std::string_view text) {
    size_t colon = text.find(':');
    std::string_view field = text.substr(0, colon);
    std::string_view value = colon == text.npos ? std::string_view() : text.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (field == "data") {
      if (any) data += '\n';
      data += value;
      any = true;
    } else if (field == "event") {
      name = value;
    }
  };
  auto dispatch = [&] {
    if (any) events.push_back(name + "|" + data);
    name.clear(), data.clear(), any = false;
  };
  while (!bytes.empty()) {
    size_t end = bytes.find_first_of("\r\n");
    std::string_view text = bytes.substr(0, end);
    bytes.remove_prefix(end == bytes.npos ? bytes.size() : end + 1 + (bytes.substr(end, 2) == "\r\n"));
    text.empty() ? dispatch() : line(text);
  }
  dispatch();
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  size_t step = fuzz::take_byte(input) % 40 + 2;
  Events whole = decode(input, input.size() + 1);
  fuzz::expect(whole == read_plainly(input));
  fuzz::expect(decode(input, 1) == whole);
  fuzz::expect(decode(input, step) == whole);
  return 0;
}
