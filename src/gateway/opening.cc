#include "gateway/opening.h"

#include "config/settings.h"

namespace gateway {

namespace {
constexpr size_t kMaxHeld = 256 << 10;  // handshake events are small; whatever is larger is an answer
}

Opening::Opening(const protocol::Protocol& wire)
    : decoder_(wire.decoder()), events_(config::settings().max_event) {}

bool Opening::feed(std::string_view chunk) {
  held_ += chunk;
  events_.feed(chunk);
  while (!begun_ && !error_ && events_.next() == http::SseDecoder::Step::event) {
    if (!decoder_->event(events_.name(), events_.data(), *this)) begun_ = !error_;
  }
  return begun_ || error_ || held_.size() > kMaxHeld;
}

void Opening::close(bool broken) {
  if (begun_ || error_) return;
  // An error may come as a bare document, although a stream was promised.
  if (held_.starts_with('{')) decoder_->event({}, held_, *this);
  decoder_->close(broken, *this);
}

void Opening::whole(std::string_view body) {
  decoder_->event({}, body, *this);
  if (error_) return;
  // A document is complete by itself, whatever it leaves out; the close is for the counts alone.
  decoder_->close(false, *this);
  error_.reset();
}

void Opening::event(const chat::Event& event) {
  using Type = chat::Event::Type;
  begun_ |= event.type != Type::finish && event.type != Type::signature;
}

}  // namespace gateway
