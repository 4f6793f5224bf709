// Server-sent events, decoded from chunks that may be cut anywhere.
//
// An event that lies within one chunk is handed out in place; only one that is cut is copied. Lines may end
// in LF, CRLF or CR. Comments, "id:" and "retry:" are skipped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace http {

class SseDecoder {
 public:
  enum class Step : uint8_t { event, more, too_large };

  // `limit`: the largest event in bytes.
  explicit SseDecoder(size_t limit) : limit_(limit) {}
  ~SseDecoder();
  SseDecoder(const SseDecoder&) = delete;
  SseDecoder& operator=(const SseDecoder&) = delete;

  // Takes the next chunk. It must stay valid until next() has said `more`.
  void feed(std::string_view chunk) { chunk_ = chunk; }
  // The chunks are over. What stands unterminated becomes the last event.
  void close() { closed_ = true; }

  // The next event of what was fed. On `event`, data() holds its "data:" lines joined by '\n' and name() its
  // "event:" line.
  Step next();
  // Views into the chunk or the decoder's own buffer; valid until the next call of next().
  std::string_view data() const { return data_; }
  std::string_view name() const { return name_; }

 private:
  bool take_event(std::string_view& event);
  bool read_fields(std::string_view event);
  bool keep(std::string_view part);
  void drop_buffer();

  size_t limit_;
  std::string_view chunk_;
  std::string_view data_, name_;
  std::string joined_;  // data() of an event with several data lines
  bool closed_ = false;
  bool too_large_ = false;
  bool line_is_empty_ = true;    // nothing yet on the line at which the last chunk ended
  bool skip_line_feed_ = false;  // the last chunk ended in CR: an LF that follows belongs to it
  bool handed_out_ = false;      // the buffer's event is with the caller

  // An event that was cut: its bytes so far. malloc'ed, so that a giant one grows in place instead of being
  // copied.
  char* buffer_ = nullptr;
  size_t used_ = 0, capacity_ = 0;
};

}  // namespace http
