#include "http/event_stream.h"

#include <algorithm>

#include "base/crc32.h"

namespace http {

namespace {

constexpr size_t kPrelude = 12;
constexpr size_t kCrc = 4;

uint32_t read_u32(const char* at) {
  return uint32_t(uint8_t(at[0])) << 24 | uint32_t(uint8_t(at[1])) << 16 | uint32_t(uint8_t(at[2])) << 8 |
         uint8_t(at[3]);
}
size_t read_u16(std::string_view at) { return size_t(uint8_t(at[0])) << 8 | uint8_t(at[1]); }

constexpr uint8_t kBytes = 6, kString = 7;
// Bytes of a header's value by its type; types 6 and 7 say their own size.
constexpr size_t kValueSizes[] = {0, 0, 1, 2, 4, 8, 0, 0, 8, 16};

struct Header {
  std::string_view name, value;
  uint8_t type = 0;
};

// Takes the first header off `rest`. False if it is malformed.
bool take_header(std::string_view& rest, Header& out) {
  size_t name = uint8_t(rest[0]);
  if (rest.size() < name + 2) return false;
  out.name = rest.substr(1, name);
  out.type = uint8_t(rest[name + 1]);
  rest.remove_prefix(name + 2);
  if (out.type >= std::size(kValueSizes)) return false;
  size_t size = kValueSizes[out.type];
  if (out.type == kBytes || out.type == kString) {
    if (rest.size() < 2) return false;
    size = read_u16(rest);
    rest.remove_prefix(2);
  }
  if (rest.size() < size) return false;
  out.value = rest.substr(0, size);
  rest.remove_prefix(size);
  return true;
}

}  // namespace

EventStreamDecoder::Step EventStreamDecoder::next() {
  if (fault_ != Step::event) return fault_;
  if (handed_out_) buffer_.clear();
  handed_out_ = false;
  if (buffer_.empty() && chunk_.size() >= kPrelude) {
    if (!check_prelude(chunk_)) return fault_;
    if (chunk_.size() >= total_) {
      std::string_view frame = chunk_.substr(0, total_);
      chunk_.remove_prefix(total_);
      return take(frame);
    }
  }
  if (!gather(kPrelude)) return waiting();
  if (!check_prelude({buffer_.data(), kPrelude})) return fault_;
  if (!gather(total_)) return waiting();
  handed_out_ = true;
  return take({buffer_.data(), total_});
}

// The size of the frame, trusted only once its checksum is right: a page of HTML would read as gigabytes.
bool EventStreamDecoder::check_prelude(std::string_view prelude) {
  if (base::crc32(prelude.substr(0, kPrelude - kCrc)) != read_u32(prelude.data() + kPrelude - kCrc)) {
    return fail(Step::corrupt), false;
  }
  total_ = read_u32(prelude.data());
  size_t headers = read_u32(prelude.data() + 4);
  if (total_ < kPrelude + kCrc || headers > total_ - kPrelude - kCrc) return fail(Step::corrupt), false;
  if (total_ > limit_) return fail(Step::too_large), false;
  return true;
}

// Moves bytes from the chunk into the buffer until it holds `size`. False if the chunk ends before.
bool EventStreamDecoder::gather(size_t size) {
  if (buffer_.size() >= size) return true;
  size_t part = std::min(size - buffer_.size(), chunk_.size());
  buffer_.insert(buffer_.end(), chunk_.begin(), chunk_.begin() + ptrdiff_t(part));
  chunk_.remove_prefix(part);
  return buffer_.size() == size;
}

EventStreamDecoder::Step EventStreamDecoder::take(std::string_view frame) {
  std::string_view body = frame.substr(0, frame.size() - kCrc);
  if (base::crc32(body) != read_u32(body.data() + body.size())) return fail(Step::corrupt);
  size_t headers = read_u32(frame.data() + 4);
  headers_ = body.substr(kPrelude, headers);
  payload_ = body.substr(kPrelude + headers);
  read_event();
  return Step::event;
}

void EventStreamDecoder::read_event() {
  std::string_view event, kind, code, message;
  Header header;
  for (std::string_view rest = headers_; !rest.empty() && take_header(rest, header);) {
    if (header.type != kString) continue;
    if (header.name == ":event-type") event = header.value;
    if (header.name == ":message-type") kind = header.value;
    if (header.name == ":exception-type" || header.name == ":error-code") code = header.value;
    if (header.name == ":error-message") message = header.value;
  }
  name_ = event;
  data_ = payload_;
  if (kind != "exception" && kind != "error") return;
  fault_name_.assign(kind).append("/").append(code);
  name_ = fault_name_;
  if (kind == "error") data_ = message;
}

EventStreamDecoder::Step EventStreamDecoder::waiting() {
  return closed_ && !buffer_.empty() ? fail(Step::truncated) : Step::more;
}

std::string_view EventStreamDecoder::header(std::string_view name) const {
  Header header;
  for (std::string_view rest = headers_; !rest.empty() && take_header(rest, header);) {
    if (header.type == kString && header.name == name) return header.value;
  }
  return {};
}

}  // namespace http
