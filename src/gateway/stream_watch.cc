#include "gateway/stream_watch.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace gateway {

namespace {

constexpr size_t kHead = 80;    // bytes of a line that are looked at
constexpr size_t kTail = 2048;  // bytes of the stream that are kept

// A word in quotes is a member's name: within the text of an answer its quotes would be escaped.
bool is_member(std::string_view word) { return word.starts_with('"'); }

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// The value of {"type":"<value>" at the beginning of an event's data.
std::string_view type_of(std::string_view data) {
  if (!take(data, "{\"type\":")) return {};
  data = base::trim(data);
  if (!take(data, "\"")) return {};
  return data.substr(0, data.find('"'));
}

}  // namespace

void StreamWatch::see(std::string_view bytes) {
  tail_ += bytes.size() > kTail ? bytes.substr(bytes.size() - kTail) : bytes;
  if (tail_.size() > 2 * kTail) tail_.erase(0, tail_.size() - kTail);
  look_for_members(bytes);
  while (!bytes.empty()) {
    size_t stop = std::min(bytes.find('\n'), bytes.size());
    size_t room = kHead - std::min(line_.size(), kHead);
    line_ += bytes.substr(0, std::min(stop, room));
    if (stop == bytes.size()) return;
    bytes.remove_prefix(stop + 1);
    end_line();
  }
}

void StreamWatch::end_line() {
  if (line_.ends_with('\r')) line_.pop_back();
  if (!line_.empty()) {
    in_event_ = true;
    read_line();
  } else {
    events_ += in_event_;
    complete_ |= said_;
    over_ |= closing_;
    in_event_ = said_ = closing_ = false;
  }
  line_.clear();
}

void StreamWatch::read_line() {
  std::string_view value = line_;
  if (take(value, "data:")) {
    value = base::trim(value);
    bool failed = value.starts_with("{\"error\":{") || value.starts_with("{\"error\": {");
    closing_ |= failed || is_last_word(value) || is_last_word(type_of(value));
  } else if (take(value, "event:")) {
    closing_ |= is_last_word(base::trim(value));
  }
  said_ |= closing_;
}

bool StreamWatch::is_last_word(std::string_view value) const {
  return value == "error" || std::find(words_.begin(), words_.end(), value) != words_.end();
}

void StreamWatch::look_for_members(std::string_view bytes) {
  for (std::string_view word : words_) {
    if (!is_member(word)) continue;
    carry_ += bytes.substr(0, word.size());
    said_ |= carry_.find(word) != carry_.npos || bytes.find(word) != bytes.npos;
    if (bytes.size() >= word.size()) carry_ = bytes.substr(bytes.size() - word.size() + 1);
    if (carry_.size() > word.size()) carry_.erase(0, carry_.size() - word.size() + 1);
  }
}

bool StreamWatch::complete(bool ended) const {
  if (complete_ || !ended) return complete_;
  if (said_ && line_.empty()) return true;
  std::string_view value = line_;
  return take(value, "data:") && is_last_word(base::trim(value));
}

}  // namespace gateway
