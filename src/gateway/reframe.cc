#include "gateway/reframe.h"

#include "config/settings.h"
#include "json/edit.h"

namespace gateway {

namespace {
constexpr size_t kMaxItems = 4096;  // a place beyond that is no honest one
}

std::string_view unwrapped(std::string_view envelope, std::string_view body, json::Document& document) {
  if (envelope.empty() || document.parse(body) != json::Error::none) return body;
  json::Value inner = document.root()[envelope];
  return inner.is_object() ? inner.raw() : body;
}

Reframe::Reframe(std::string_view envelope, bool array, bool fills)
    : envelope_(envelope), array_(array), fills_(fills), events_(config::settings().max_event) {}

bool Reframe::feed(std::string_view chunk, std::string& out) {
  events_.feed(chunk);
  return drain(out);
}

bool Reframe::drain(std::string& out) {
  while (true) {
    http::SseDecoder::Step step = events_.next();
    if (step != http::SseDecoder::Step::event) return step != http::SseDecoder::Step::too_large;
    if (fills_ && !events_.name().empty()) out.append("event: ").append(events_.name()) += '\n';
    std::string_view event = unwrapped(envelope_, events_.data(), document_);
    frame(fills_ ? filled(event) : event, out);
  }
}

// Its type stands near an event's beginning; a text that holds the same words is parsed for nothing.
std::string_view Reframe::filled(std::string_view event) {
  std::string_view start = event.substr(0, 128);
  bool item = start.find("output_item.done") != start.npos;
  bool last = start.find("\"response.completed\"") != start.npos ||
              start.find("\"response.incomplete\"") != start.npos;
  if ((!item && !last) || document_.parse(event) != json::Error::none) return event;
  json::Value root = document_.root(), response = root["response"];
  if (root["type"].equals("response.output_item.done")) {
    size_t index = size_t(root["output_index"].to_int());
    if (index < kMaxItems && index >= items_.size()) items_.resize(index + 1);
    if (index < items_.size()) items_[index] = root["item"].raw();
  }
  if (!response.is_object() || response["output"].size() > 0 || items_.empty()) return event;
  std::string output = "[", whole;
  for (const std::string& raw : items_) {
    if (!raw.empty()) output.append(output.size() > 1 ? "," : "").append(raw);
  }
  json::edit(response, {{"output", output += ']'}}, whole);
  last_.clear();
  json::edit(root, {{"response", whole}}, last_);
  return last_;
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
