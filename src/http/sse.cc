#include "http/sse.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "json/simd.h"

namespace http {

namespace {

constexpr size_t kKeptCapacity = 64 << 10;  // a larger buffer is given back after its event

const char* find_line_end(const char* at, const char* end) {
  return json::simd::find(at, end, [](auto text) { return (text == '\n') | (text == '\r'); });
}

// "field: value" with one optional space; false if `line` is another field.
bool take_field(std::string_view line, std::string_view field, std::string_view& value) {
  if (!line.starts_with(field)) return false;
  line.remove_prefix(field.size());
  if (!line.empty() && line[0] != ':') return false;
  if (!line.empty()) line.remove_prefix(1);
  if (!line.empty() && line[0] == ' ') line.remove_prefix(1);
  value = line;
  return true;
}

}  // namespace

SseDecoder::~SseDecoder() { std::free(buffer_); }

SseDecoder::Step SseDecoder::next() {
  if (too_large_) return Step::too_large;
  if (handed_out_) drop_buffer();
  std::string_view event;
  while (take_event(event)) {
    if (read_fields(event)) return Step::event;
    drop_buffer();
  }
  return too_large_ ? Step::too_large : Step::more;
}

// The bytes of the next event, without its blank line. False when the chunk holds no end of one; what it
// holds is kept.
bool SseDecoder::take_event(std::string_view& event) {
  if (skip_line_feed_ && !chunk_.empty()) {
    if (chunk_[0] == '\n') chunk_.remove_prefix(1);
    skip_line_feed_ = false;
  }
  const char *begin = chunk_.data(), *end = begin + chunk_.size(), *line = begin;
  while (line != end) {
    const char* stop = find_line_end(line, end);
    if (stop == end) {
      line_is_empty_ = false;
      break;
    }
    bool blank = line_is_empty_ && stop == line;
    const char* after = stop + 1;
    if (*stop == '\r') {
      if (after == end) {
        skip_line_feed_ = true;
      } else if (*after == '\n') {
        after++;
      }
    }
    line = after;
    line_is_empty_ = true;
    if (!blank) continue;
    chunk_ = {after, size_t(end - after)};
    event = {begin, size_t(stop - begin)};
    if (used_ == 0) return true;
    if (!keep(event)) return false;
    event = {buffer_, used_};
    return true;
  }
  chunk_ = {};
  if (!keep({begin, size_t(end - begin)}) || !closed_ || used_ == 0) return false;
  event = {buffer_, used_};
  return true;
}

// Finds the event's name and data. False if it has no data: a comment, or nothing at all.
bool SseDecoder::read_fields(std::string_view event) {
  name_ = data_ = {};
  size_t lines = 0;
  while (!event.empty()) {
    const char* stop = find_line_end(event.data(), event.data() + event.size());
    std::string_view line = event.substr(0, size_t(stop - event.data()));
    event.remove_prefix(line.size() < event.size() ? line.size() + 1 : line.size());
    std::string_view value;
    if (take_field(line, "data", value)) {
      if (lines == 1) joined_ = data_;
      if (lines++ > 0) {
        joined_ += '\n';
        joined_ += value;
      } else {
        data_ = value;
      }
    } else if (take_field(line, "event", value)) {
      name_ = value;
    }
  }
  if (lines > 1) data_ = joined_;
  handed_out_ = lines > 0 && used_ > 0;
  return lines > 0;
}

// Appends to the buffer; false (and for good) when the event grows over the limit.
bool SseDecoder::keep(std::string_view part) {
  if (part.empty()) return true;
  if (too_large_ || part.size() > limit_ - used_) {
    too_large_ = true;
    return false;
  }
  if (used_ + part.size() > capacity_) {
    capacity_ = used_ + part.size();
    capacity_ = std::min(capacity_ + capacity_ / 4, limit_);
    buffer_ = static_cast<char*>(std::realloc(buffer_, capacity_));
    if (!buffer_) std::abort();
  }
  std::memcpy(buffer_ + used_, part.data(), part.size());
  used_ += part.size();
  return true;
}

void SseDecoder::drop_buffer() {
  handed_out_ = false;
  used_ = 0;
  if (capacity_ <= kKeptCapacity) return;
  std::free(buffer_);
  buffer_ = nullptr;
  capacity_ = 0;
}

}  // namespace http
