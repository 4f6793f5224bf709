#include "protocol/gemini_grounding.h"

#include "json/writer.h"

namespace protocol::gemini {

void Grounding::read(json::Value metadata) {
  json::Value queries = metadata["webSearchQueries"], chunks = metadata["groundingChunks"];
  if (!queries.size() && !chunks.size()) return;
  queries_.clear();
  sources_.clear();
  for (auto [_, query] : queries.items()) queries_.emplace_back(query.inner());
  json::Writer w(sources_);
  for (auto [_, chunk] : chunks.items()) {
    json::Value web = chunk["web"];
    if (!web["uri"].is_string()) continue;
    w.begin_object().key("url").text(web["uri"].inner()).key("title").text(web["title"].inner()).end_object();
  }
}

void Grounding::say(uint16_t choice, chat::Sink& sink) const {
  if (queries_.empty() && sources_.empty()) return;
  std::string all = "[" + sources_ + "]";
  for (size_t i = 0; i == 0 || i < queries_.size(); i++) {
    sink.event({.type = chat::Event::Type::search,
                .choice = choice,
                .text = i < queries_.size() ? std::string_view(queries_[i]) : std::string_view(),
                .raw = i == 0 ? std::string_view(all) : "[]"});
  }
}

}  // namespace protocol::gemini
