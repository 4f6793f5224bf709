#include "gateway/reframe.h"

#include "config/settings.h"

namespace gateway {

std::string_view unwrapped(std::string_view envelope, std::string_view body, json::Document& document) {
  if (envelope.empty() || document.parse(body) != json::Error::none) return body;
  json::Value inner = document.root()[envelope];
  return inner.is_object() ? inner.raw() : body;
}

Reframe::Reframe(std::string_view envelope, bool array)
    : envelope_(envelope), array_(array), events_(config::settings().max_event) {}

bool Reframe::feed(std::string_view chunk, std::string& out) {
  events_.feed(chunk);
  return drain(out);
}

bool Reframe::drain(std::string& out) {
  while (true) {
    http::SseDecoder::Step step = events_.next();
    if (step != http::SseDecoder::Step::event) return step != http::SseDecoder::Step::too_large;
    frame(unwrapped(envelope_, events_.data(), document_), out);
  }
}

void Reframe::frame(std::string_view event, std::string& out) {
  out += !array_ ? "data: " : begun_ ? "," : "[";
  out += event;
  out += array_ ? "\n" : "\n\n";
  begun_ = true;
}

void Reframe::close(std::string& out) {
  events_.close();
  drain(out);
  if (array_) out += begun_ ? "]\n" : "[]\n";
}

void Reframe::fail(std::string_view error, std::string& out) {
  frame(error, out);
  if (array_) out += "]\n";
}

}  // namespace gateway
