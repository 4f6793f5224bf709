#include "gateway/upstream_source.h"

#include "config/settings.h"

namespace gateway {

namespace {

chat::Error too_large() {
  return chat::upstream_error(chat::Fault::upstream,
                              "The upstream sent an event larger than MAX_EVENT_BYTES.",
                              "upstream_event_too_large");
}
chat::Error corrupt() {
  return chat::upstream_error(chat::Fault::upstream,
                              "The upstream's stream is damaged: a checksum does not fit. Try again.",
                              "upstream_stream_corrupt");
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

chat::Error upstream_silent() {
  return chat::upstream_error(chat::Fault::timeout, "The upstream was silent for too long and was given up.",
                              "upstream_timeout");
}

UpstreamSource::UpstreamSource(protocol::Framing framing, protocol::Decoder& decoder, AnswerFilter& filter)
    : stream_(framing == protocol::Framing::sse ? Shape::sse : Shape::frames),
      sse_(config::settings().max_event),
      frames_(config::settings().max_event),
      decoder_(decoder),
      filter_(filter) {}

void UpstreamSource::chunk(std::string_view bytes) {
  if (shape_ == Shape::unknown) sniff(bytes);
  switch (shape_) {
    case Shape::unknown: return;
    case Shape::document: return gather(bytes);
    case Shape::sse: sse_.feed(bytes); return drain_sse();
    case Shape::frames: frames_.feed(bytes); return drain_frames();
  }
}

// The content type is no help: errors come as JSON inside a 200 of any type, and some endpoints call a stream
// JSON. A line of a stream begins with a letter or a colon, and a frame with the first byte of its size,
// which is no '[' below a gigabyte.
void UpstreamSource::sniff(std::string_view bytes) {
  size_t at = 0;
  while (at < bytes.size() && is_space(bytes[at])) at++;
  if (bytes.empty()) return;
  bool document = at < bytes.size() && (bytes[at] == '{' || bytes[at] == '[');
  shape_ = document ? Shape::document : stream_;
}

void UpstreamSource::gather(std::string_view bytes) {
  if (whole_.size() + bytes.size() > config::settings().max_event) return filter_.fail(too_large());
  whole_ += bytes;
}

void UpstreamSource::close(bool broken) {
  switch (shape_) {
    case Shape::unknown: break;
    case Shape::document:
      if (!broken) pass({}, whole_);
      break;
    case Shape::sse:
      // A broken stream may end inside an event: half an event says nothing.
      if (!broken) sse_.close();
      drain_sse();
      break;
    case Shape::frames: frames_.close(); drain_frames();
  }
  if (!filter_.over()) decoder_.close(broken, filter_);
}

void UpstreamSource::drain_sse() {
  using Step = http::SseDecoder::Step;
  while (!filter_.over()) {
    Step step = sse_.next();
    if (step == Step::more) return;
    if (step == Step::too_large) return filter_.fail(too_large());
    if (!pass(sse_.name(), sse_.data())) return;
  }
}

void UpstreamSource::drain_frames() {
  using Step = http::EventStreamDecoder::Step;
  while (!filter_.over()) {
    switch (frames_.next()) {
      case Step::event:
        if (!pass(frames_.name(), frames_.data())) return;
        break;
      case Step::more: return;
      case Step::too_large: return filter_.fail(too_large());
      case Step::corrupt: return filter_.fail(corrupt());
      case Step::truncated: return decoder_.close(true, filter_);
    }
  }
}

// False once the decoder has heard the last word.
bool UpstreamSource::pass(std::string_view name, std::string_view data) {
  bool more = decoder_.event(name, data, filter_);
  if (!more && !filter_.over()) decoder_.close(false, filter_);
  return more;
}

}  // namespace gateway
