// AWS event streams (application/vnd.amazon.eventstream): binary frames, decoded from chunks that may be cut
// anywhere.
//
// A frame is: total size, size of the headers, CRC of these eight bytes; headers; payload; CRC of all before
// it (integers of four bytes, big endian). A frame that lies within one chunk is handed out in place; only
// one that is cut is copied, into a buffer that serves the whole stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace http {

class EventStreamDecoder {
 public:
  enum class Step : uint8_t {
    event,
    more,
    too_large,  // a frame over the limit
    corrupt,    // a checksum or a size is wrong: nothing after it can be trusted
    truncated,  // the stream was closed inside a frame
  };

  // `limit`: the largest frame in bytes.
  explicit EventStreamDecoder(size_t limit) : limit_(limit) {}
  EventStreamDecoder(const EventStreamDecoder&) = delete;
  EventStreamDecoder& operator=(const EventStreamDecoder&) = delete;

  // Takes the next chunk. It must stay valid until next() has said `more`.
  void feed(std::string_view chunk) { chunk_ = chunk; }
  // The chunks are over.
  void close() { closed_ = true; }

  // The next frame of what was fed. too_large, corrupt and truncated are said again for ever.
  Step next();

  // Of the frame that next() found; views into the chunk or the decoder's buffer, valid until the next call
  // of next().
  std::string_view payload() const { return payload_; }
  // The value of a string header (":event-type"), or empty if there is none of that name and type.
  std::string_view header(std::string_view name) const;
  // The frame as an event: its ":event-type" and payload. An exception is named "exception/<type>"; an error
  // frame "error/<code>", and its data is the error's message as plain text.
  std::string_view name() const { return name_; }
  std::string_view data() const { return data_; }

 private:
  bool check_prelude(std::string_view prelude);
  bool gather(size_t size);
  Step take(std::string_view frame);
  void read_event();
  Step waiting();
  Step fail(Step fault) { return fault_ = fault; }

  size_t limit_;
  std::string_view chunk_;
  std::string_view headers_, payload_, name_, data_;
  std::string fault_name_;
  std::vector<char> buffer_;  // a frame that was cut: its bytes so far
  size_t total_ = 0;          // of the frame whose prelude was read last
  Step fault_ = Step::event;  // none yet
  bool closed_ = false;
  bool handed_out_ = false;  // the buffer's frame is with the caller
};

}  // namespace http
