// The frames of a Responses stream, and the finished items of an answer.
//
// Finished items are kept in encoded form, once: the last event of a stream and a whole answer hold all of
// them. For an answer that is no stream, frames are not written, and everything else is the same.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace protocol::openai_responses {

class Frames {
 public:
  // `out` receives the frames and must outlive this; `stem` makes the items' ids unique; the first frame has
  // the number `sequence`.
  Frames(std::string& out, std::string stem, bool stream, int64_t sequence)
      : out_(out), stem_(std::move(stem)), stream_(stream), sequence_(sequence) {}

  // Begins `event: T, data: {"type":"T","sequence_number":N`. False: there is no stream, write nothing.
  bool open(std::string_view type);
  // The same, about the current item: item_id and output_index.
  bool open_about_item(std::string_view type);
  // ,"name":"text" with escaped text; ,"name":value; ,"name":number
  Frames& text(std::string_view name, std::string_view escaped);
  Frames& raw(std::string_view name, std::string_view json);
  Frames& number(std::string_view name, int64_t value);
  void close() { out_ += "}\n\n"; }

  // The next item begins. Its id is `id`, or a new one with `prefix` if that is empty.
  void begin_item(std::string_view id, std::string_view prefix);
  std::string_view item_id() const { return id_; }
  // The frame that says so; `item` is the item without its content.
  void announce(std::string_view item);
  // The item is finished, and kept.
  void finish_item(std::string_view item);

  // An item without deltas: begun, worked on, done. `content` is its members after the status; `early` those
  // that it has from the beginning.
  void whole_item(std::string_view prefix, std::string_view type, std::string_view early,
                  std::string_view content, std::initializer_list<std::string_view> steps);

  // What is left of a conversation that was made short: `slot` is its sealed text, `id` as in begin_item.
  void compaction_item(std::string_view id, std::string_view slot);

  // The finished items, with commas between them.
  const std::string& items() const { return items_; }

 private:
  std::string& out_;
  std::string stem_, id_, items_;
  bool stream_;
  int64_t sequence_, index_ = 0;
};

}  // namespace protocol::openai_responses
