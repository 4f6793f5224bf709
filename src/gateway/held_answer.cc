#include "gateway/held_answer.h"

#include <utility>

#include "config/settings.h"
#include "json/document.h"

namespace gateway {

namespace {

// By its name, which most streams give; else by its type, which stands first.
bool is_last(const http::SseDecoder& event) {
  std::string_view name = event.name();
  if (!name.empty()) return name == "response.completed" || name == "response.incomplete";
  std::string_view start = event.data().substr(0, 64);
  return start.find("\"response.completed\"") != start.npos ||
         start.find("\"response.incomplete\"") != start.npos;
}

}  // namespace

HeldAnswer::HeldAnswer() : events_(config::settings().max_event) {}

void HeldAnswer::see(std::string_view bytes) {
  events_.feed(bytes);
  while (events_.next() == http::SseDecoder::Step::event) {
    if (!is_last(events_)) continue;
    json::Document document;
    if (document.parse(events_.data()) == json::Error::none) response_ = document.root()["response"].raw();
  }
}

void HeldAnswer::take(int status, std::string_view content_type, std::string body) {
  status_ = status;
  content_type_ = content_type;
  (status == 200 ? response_ : body_) = std::move(body);
}

}  // namespace gateway
