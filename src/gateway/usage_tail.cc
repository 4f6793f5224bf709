#include "gateway/usage_tail.h"

#include <algorithm>

#include "base/text.h"
#include "json/document.h"

namespace gateway {

namespace {

// The object that begins at `at`. Its strings hold no brackets: they are words such as service tiers.
std::string_view object_at(std::string_view text, size_t at) {
  int depth = 0;
  for (size_t i = at; i < text.size(); i++) {
    if (text[i] == '{') depth++;
    if (text[i] == '}' && --depth == 0) return text.substr(at, i + 1 - at);
  }
  return {};
}

int64_t first_of(json::Value object, std::initializer_list<std::string_view> names) {
  for (std::string_view name : names) {
    if (object[name].is(json::Kind::number)) return object[name].to_int();
  }
  return 0;
}

}  // namespace

chat::Usage usage_in(std::string_view tail) {
  chat::Usage out;
  size_t at = std::string_view::npos;
  for (std::string_view name : {"\"usage\":", "\"usageMetadata\":"}) {
    size_t found = tail.rfind(name);
    // null in the chunks that have none
    while (found != tail.npos && tail.find_first_not_of(' ', found + name.size()) != tail.npos &&
           tail[tail.find_first_not_of(' ', found + name.size())] != '{') {
      found = found ? tail.rfind(name, found - 1) : tail.npos;
    }
    if (found != tail.npos && (at == tail.npos || found > at)) at = found;
  }
  if (at == tail.npos) return out;
  json::Document document;
  std::string_view object = object_at(tail, tail.find('{', at));
  if (object.empty() || document.parse(object) != json::Error::none) return out;
  json::Value usage = document.root();
  int64_t read = usage["cache_read_input_tokens"].to_int();
  int64_t written = usage["cache_creation_input_tokens"].to_int();
  out.input = first_of(usage, {"prompt_tokens", "input_tokens", "promptTokenCount"}) + read + written +
              usage["toolUsePromptTokenCount"].to_int();
  out.output = first_of(usage, {"completion_tokens", "output_tokens", "candidatesTokenCount"}) +
               usage["thoughtsTokenCount"].to_int();
  out.reasoning = usage["thoughtsTokenCount"].to_int();
  out.cached = std::max(read, usage["cachedContentTokenCount"].to_int());
  // OpenAI's two surfaces tell the parts of a count beside it.
  for (std::string_view kind : {"prompt_tokens_details", "input_tokens_details"})
    out.cached = std::max(out.cached, usage[kind]["cached_tokens"].to_int());
  for (std::string_view kind : {"completion_tokens_details", "output_tokens_details"})
    out.reasoning = std::max(
        {out.reasoning, usage[kind]["reasoning_tokens"].to_int(), usage[kind]["thinking_tokens"].to_int()});
  out.cache_write = written;
  out.total = out.input + out.output;
  out.known = out.input > 0;
  return out;
}

bool says_why_finished(std::string_view tail) {
  constexpr std::string_view kName = "\"finish_reason\":";
  for (size_t at = tail.find(kName); at != tail.npos; at = tail.find(kName, at + 1)) {
    std::string_view reason = base::trim(tail.substr(at + kName.size()));
    if (reason.size() > 1 && reason[0] == '"' && reason[1] != '"') return true;
  }
  return false;
}

int64_t next_sequence(std::string_view tail) {
  constexpr std::string_view kName = "\"sequence_number\":";
  size_t at = tail.rfind(kName);
  if (at == tail.npos) return 0;
  std::string_view digits = base::trim(tail.substr(at + kName.size()));
  return base::to_int(digits.substr(0, digits.find_first_not_of("0123456789"))).value_or(-1) + 1;
}

}  // namespace gateway
