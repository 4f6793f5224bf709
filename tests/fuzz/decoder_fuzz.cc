// Every wire's decoder on arbitrary streams (cut into events as SSE, whatever the wire's own framing): the
// sink's order is kept (one finish per choice, one last word, nothing after it), every text is JSON string
// text, and every surface makes of it what is legal in its protocol.
#include <set>

#include "chat/in_order.h"
#include "fuzz/fuzz.h"
#include "gateway/answer_filter.h"
#include "http/sse.h"
#include "json/document.h"
#include "protocol/protocol.h"

namespace {

constexpr size_t kLimit = 1 << 16;

bool is_string_text(std::string_view text) {
  json::Document document;
  std::string quoted = "\"" + std::string(text) + "\"";
  return document.parse(quoted) == json::Error::none && document.root().is_string();
}

class Strict final : public chat::Sink {
 public:
  explicit Strict(chat::Sink& to) : to_(to) {}
  void event(const chat::Event& event) override {
    using Type = chat::Event::Type;
    fuzz::expect(!over_);
    for (std::string_view text : {event.text, event.id, event.name, event.media_type})
      fuzz::expect(is_string_text(text));
    if (event.type == Type::finish) {
      fuzz::expect(finished_.insert(event.choice).second);
    } else {
      fuzz::expect(!finished_.contains(event.choice));
    }
    to_.event(event);
  }
  void usage(const chat::Usage& usage) override {
    fuzz::expect(!over_);
    to_.usage(usage);
  }
  void end() override {
    fuzz::expect(!over_);
    over_ = true;
    to_.end();
  }
  void fail(const chat::Error& error) override {
    fuzz::expect(!over_ && !error.message.empty());
    over_ = true;
    to_.fail(error);
  }
  bool over() const { return over_; }

 private:
  chat::Sink& to_;
  std::set<uint16_t> finished_;
  bool over_ = false;
};

// Every data line of a stream is one JSON value or a word; a whole answer is one JSON object.
void check_frames(std::string_view out) {
  http::SseDecoder events(1 << 20);
  events.feed(out);
  events.close();
  while (events.next() == http::SseDecoder::Step::event) {
    json::Document document;
    fuzz::expect(events.data() == "[DONE]" || document.parse(events.data()) == json::Error::none);
  }
}

void relay(const protocol::Protocol& wire, const protocol::Protocol& surface, bool stream,
           std::string_view input) {
  protocol::Stamp stamp;
  stamp.id = "0123";
  stamp.model = "m";
  stamp.include_usage = true;
  chat::Request request;
  request.stream = stream;
  auto encoder = stream ? surface.stream_encoder(stamp) : surface.whole_encoder(stamp);
  chat::InOrder in_order(*encoder);
  chat::Sink& to = surface.sequential ? static_cast<chat::Sink&>(in_order) : *encoder;
  gateway::AnswerFilter filter(request, stamp.id, "home", false, to);
  Strict strict(filter);
  auto decoder = wire.decoder();
  http::SseDecoder events(kLimit);
  fuzz::Exact chunk(input);
  events.feed(chunk.text());
  events.close();
  bool goes_on = true;
  while (goes_on && events.next() == http::SseDecoder::Step::event)
    goes_on = decoder->event(events.name(), events.data(), strict);
  decoder->close(false, strict);
  fuzz::expect(strict.over());
  if (filter.early_failure()) return;
  json::Document document;
  if (stream) {
    check_frames(encoder->out());
  } else {
    fuzz::expect(document.parse(encoder->out()) == json::Error::none && document.root().is_object());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  size_t which = fuzz::take_byte(input);
  std::vector<const protocol::Protocol*> wires, surfaces;
  for (const protocol::Protocol* each : protocol::all()) {
    if (each->decoder) wires.push_back(each);
    if (each->stream_encoder) surfaces.push_back(each);
  }
  const protocol::Protocol& wire = *wires[which % wires.size()];
  for (const protocol::Protocol* surface : surfaces) {
    relay(wire, *surface, true, input);
    relay(wire, *surface, false, input);
  }
  return 0;
}
