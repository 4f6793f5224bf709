// AWS frames from arbitrary bytes: whatever the cut into chunks, the same frames and the same fault. Then
// frames with right checksums around arbitrary headers and payloads, which Kiro's decoder must bring to an
// end.
#include <string>
#include <vector>

#include "base/crc32.h"
#include "fuzz/fuzz.h"
#include "http/event_stream.h"
#include "protocol/protocol.h"

namespace {

using http::EventStreamDecoder;
using Step = EventStreamDecoder::Step;

constexpr size_t kLimit = 1 << 16;

struct Heard {
  std::vector<std::string> events;
  Step end = Step::more;
  bool operator==(const Heard&) const = default;
};

void drain(EventStreamDecoder& decoder, Heard& heard) {
  while ((heard.end = decoder.next()) == Step::event) {
    heard.events.push_back(std::string(decoder.name()) + "\n" + std::string(decoder.data()));
  }
}

Heard hear(std::string_view input, size_t chunk_size) {
  EventStreamDecoder decoder(kLimit);
  Heard heard;
  while (!input.empty()) {
    fuzz::Exact chunk(input.substr(0, chunk_size));
    input.remove_prefix(chunk.text().size());
    decoder.feed(chunk.text());
    drain(decoder, heard);
  }
  decoder.feed({});
  decoder.close();
  drain(decoder, heard);
  return heard;
}

void append_u32(std::string& out, size_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += char(value >> shift & 0xff);
}

std::string frame(std::string_view headers, std::string_view payload) {
  std::string out;
  append_u32(out, headers.size() + payload.size() + 16);
  append_u32(out, headers.size());
  append_u32(out, base::crc32(out));
  out.append(headers).append(payload);
  append_u32(out, base::crc32(out));
  return out;
}

// The input as frames: of each, how many bytes are headers and how many payload.
std::string framed(std::string_view input) {
  std::string out;
  while (!input.empty()) {
    size_t headers = fuzz::take_byte(input), payload = fuzz::take_byte(input);
    std::string_view head = input.substr(0, headers);
    input.remove_prefix(head.size());
    std::string_view body = input.substr(0, payload);
    input.remove_prefix(body.size());
    out += frame(head, body);
  }
  return out;
}

// Exactly one last word, and nothing after it.
class Once final : public chat::Sink {
 public:
  void event(const chat::Event&) override { fuzz::expect(ends == 0); }
  void usage(const chat::Usage&) override { fuzz::expect(ends == 0); }
  void end() override { fuzz::expect(++ends == 1); }
  void fail(const chat::Error& error) override { fuzz::expect(++ends == 1 && !error.message.empty()); }
  int ends = 0;
};

void decode(std::string_view stream) {
  EventStreamDecoder events(kLimit);
  auto decoder = protocol::kCodewhisperer.decoder();
  Once sink;
  events.feed(stream);
  events.close();
  while (sink.ends == 0 && events.next() == Step::event) {
    if (!decoder->event(events.name(), events.data(), sink)) break;
  }
  if (sink.ends == 0) decoder->close(false, sink);
  fuzz::expect(sink.ends == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  size_t chunk_size = size_t(fuzz::take_byte(input)) + 1;
  for (const std::string& stream : {std::string(input), framed(input)}) {
    fuzz::expect(hear(stream, stream.size() + 1) == hear(stream, chunk_size));
    decode(stream);
  }
  return 0;
}
