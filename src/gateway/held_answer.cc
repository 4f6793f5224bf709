#include "gateway/held_answer.h"

#include <utility>

#include "config/settings.h"
#include "json/document.h"

namespace gateway {

HeldAnswer::HeldAnswer() : events_(config::settings().max_event) {}

void HeldAnswer::see(std::string_view bytes) {
  events_.feed(bytes);
  while (events_.next() == http::SseDecoder::Step::event) {
    std::string_view start = events_.data().substr(0, 64);
    bool last = start.find("\"response.completed\"") != start.npos ||
                start.find("\"response.incomplete\"") != start.npos;
    if (!last) continue;
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
