// Answers, the way the gateway relays them: framing, decoder, filter, encoder.
#include "base/text.h"
#include "chat/in_order.h"
#include "gateway/answer_filter.h"
#include "golden/fixtures.h"
#include "http/sse.h"

namespace golden {

namespace {

constexpr size_t kLimit = 1 << 20;

// Feeds the chunks; the decoder's last word is in the sink afterwards.
void feed(const protocol::Protocol& wire, std::span<const std::string_view> chunks, chat::Sink& sink) {
  http::SseDecoder events(kLimit);
  auto decoder = wire.decoder();
  bool goes_on = true;
  auto drain = [&] {
    while (goes_on && events.next() == http::SseDecoder::Step::event)
      goes_on = decoder->event(events.name(), events.data(), sink);
  };
  for (std::string_view chunk : chunks) {
    // A copy of exactly the chunk's size that is gone afterwards: a sanitizer sees who looks at it too long.
    std::string copy(chunk);
    events.feed(copy);
    drain();
  }
  events.close();
  drain();
  decoder->close(false, sink);
}

std::string describe(const chat::Error& error) {
  return "fail " + base::to_text(chat::status_of(error)) + " " + error.code + ": " + error.message + "\n";
}

class Printer final : public chat::Sink {
 public:
  void event(const chat::Event& event) override {
    out += "event " + base::to_text(int(event.type)) + " choice " + base::to_text(event.choice);
    out += " index " + base::to_text(event.index) + " finish " + base::to_text(int(event.finish));
    for (std::string_view part : {event.text, event.id, event.name, event.media_type, event.raw,
                                  event.arguments.text, event.signature.text})
      out.append(" |").append(part);
    out += "\n";
  }
  void usage(const chat::Usage& usage) override {
    out += "usage " + base::to_text(usage.input) + " " + base::to_text(usage.output) + "\n";
  }
  void end() override { out += "end\n"; }
  void fail(const chat::Error& error) override { out += describe(error); }
  std::string out;
};

}  // namespace

std::string decode_answer(const protocol::Protocol& wire, std::span<const std::string_view> chunks) {
  Printer printer;
  feed(wire, chunks, printer);
  return printer.out;
}

std::string translate_answer(const protocol::Protocol& wire, std::span<const std::string_view> chunks,
                             const protocol::Protocol& surface, bool stream) {
  protocol::Stamp stamp;
  stamp.id = "0123456789abcdef01234567";
  stamp.model = "client-model";
  stamp.created = 1'800'000'000;
  stamp.include_usage = true;
  chat::Request request;
  request.stream = stream;
  auto encoder = stream ? surface.stream_encoder(stamp) : surface.whole_encoder(stamp);
  chat::InOrder in_order(*encoder);
  chat::Sink& to = surface.sequential ? static_cast<chat::Sink&>(in_order) : *encoder;
  gateway::AnswerFilter filter(request, stamp.id, "home", false, to);
  feed(wire, chunks, filter);
  if (filter.early_failure()) return describe(*filter.early_failure());
  return encoder->out();
}

}  // namespace golden
