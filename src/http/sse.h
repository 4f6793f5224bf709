// Server-sent events, decoded from chunks that may be cut anywhere.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace http {

class SseDecoder {
 public:
  enum class Step { event, more, too_large };

  // `limit`: the largest event in bytes.
  explicit SseDecoder(size_t limit) : limit_(limit) {}
  ~SseDecoder();
  SseDecoder(const SseDecoder&) = delete;
  SseDecoder& operator=(const SseDecoder&) = delete;

  // Takes the next chunk. It must stay valid until next() has said `more`.
  void feed(std::string_view chunk) { chunk_ = chunk; }
  // The chunks are over: an event without its blank line counts as an event, once.
  void close();

  // The next event of what was fed. On `event`, data() holds its "data:" lines joined by '\n' and name() its "event:" line.
  Step next();
  // Views into the chunk or the decoder's own buffer; valid until the next call of next().
  std::string_view data() const { return data_; }
  std::string_view name() const { return name_; }

 private:
  bool take_line(std::string_view& line);
  bool read_line(std::string_view line);
  bool keep(std::string_view part);
  void reset();

  size_t limit_;
  std::string_view chunk_;
  std::string_view data_, name_;
  char* buffer_ = nullptr;  // the event so far, when it does not lie within one chunk
  size_t used_ = 0, capacity_ = 0;
};

}  // namespace http
