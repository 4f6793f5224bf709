// Watches a stream of server-sent events go by without decoding it: where an event ends, and whether the
// upstream said its last word. It looks at the beginning of each line only, and JSON strings hold no raw line
// breaks, so no text of an answer can pass for an ending.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace gateway {

class StreamWatch {
 public:
  // `last_words`: Protocol::last_words.
  explicit StreamWatch(std::span<const std::string_view> last_words) : words_(last_words) {}

  void see(std::string_view bytes);
  // Nothing of an unfinished event has gone by.
  bool between_events() const { return line_.empty() && !in_event_; }
  // The stream is complete. With `ended`, its last event need not have its blank line.
  bool complete(bool ended) const;
  // Nothing can follow what was said. (Gemini's finish reason may be followed by usage.)
  bool over() const { return over_ && between_events(); }
  // How many events went by, each about a token where text streams.
  int64_t events() const { return events_; }
  // The last bytes that went by, for what a stream says at its end.
  std::string_view tail() const { return tail_; }

 private:
  void end_line();
  void read_line();
  bool is_last_word(std::string_view value) const;
  void look_for_members(std::string_view bytes);

  std::span<const std::string_view> words_;
  std::string line_;   // the beginning of the line that is not over yet
  std::string tail_;   // bounded
  std::string carry_;  // the end of the chunk before, in which a member's name may have begun
  int64_t events_ = 0;
  bool in_event_ = false;  // the event at hand has a line
  bool said_ = false;      // the event at hand holds the last word
  bool closing_ = false;   // and one after which nothing follows
  bool complete_ = false, over_ = false;
};

}  // namespace gateway
