#include "protocol/openai_responses_citations.h"

#include "json/document.h"
#include "json/writer.h"

namespace protocol::openai_responses {

namespace {

bool is_low_surrogate(std::string_view escape) {
  if (escape.size() != 6 || escape[1] != 'u' || (escape[2] | 32) != 'd') return false;
  return std::string_view("cdef").find(char(escape[3] | 32)) != std::string_view::npos;
}

// The characters of escaped text.
int64_t length_of(chat::Text text) {
  int64_t count = 0;
  for (size_t i = 0; i < text.size();) {
    if (text[i] == '\\') {
      size_t size = i + 1 < text.size() && text[i + 1] == 'u' ? 6 : 2;
      if (!is_low_surrogate(text.substr(i, size))) count++;
      i += size;
      continue;
    }
    if ((text[i] & 0xC0) != 0x80) count++;
    i++;
  }
  return count;
}

}  // namespace

void Citations::found(chat::Raw sources) {
  if (sources.size() <= 2) return;
  if (!sources_.empty()) sources_ += ',';
  sources_ += sources.substr(1, sources.size() - 2);
}

std::vector<std::string> Citations::take(chat::Text text) {
  std::vector<std::string> citations;
  if (sources_.empty()) return citations;
  std::string list = "[" + sources_ + "]";
  sources_.clear();
  json::Document document;
  if (document.parse(list) != json::Error::none) return citations;
  int64_t length = length_of(text);
  for (auto [_, source] : document.root().items()) {
    json::Writer w(citations.emplace_back());
    w.begin_object().key("type").raw("\"url_citation\"").key("url").text(source["url"].inner());
    w.key("title").text(source["title"].inner()).key("start_index").number(0);
    w.key("end_index").number(length).end_object();
  }
  return citations;
}

}  // namespace protocol::openai_responses
