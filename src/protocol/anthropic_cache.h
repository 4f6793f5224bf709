// Marks for Anthropic's prompt cache. A request holds four at most, and a longer prefix is worth more than a
// shorter one, so the first marks of the conversation go when there are too many.
//
// Clients of other protocols cannot mark anything. Their conversations get two marks: the end of what never
// changes (system, else tools) and the end of the conversation so far. A single question without tools gets
// none: nobody would read what it writes into the cache.
#pragma once

#include "chat/request.h"

namespace protocol::anthropic {

class CacheMarks {
 public:
  explicit CacheMarks(const chat::Request& request);

  // The mark to write where the client's is `own` (empty: none). Tools and system first, then the
  // conversation, in order.
  chat::Raw in_head(chat::Raw own) { return keep(own, head_excess_); }
  chat::Raw in_messages(chat::Raw own) { return keep(own, message_excess_); }

  // Do we set the marks?
  bool automatic() const { return automatic_; }
  // Index of the block that ends the conversation so far, if we mark it; else none.
  size_t last_block() const { return last_block_; }

  static constexpr chat::Raw kMark = R"({"type":"ephemeral"})";
  static constexpr size_t kNone = size_t(-1);

 private:
  static chat::Raw keep(chat::Raw own, size_t& excess) {
    if (own.empty() || !excess) return own;
    excess--;
    return {};
  }

  size_t head_excess_ = 0, message_excess_ = 0;
  bool automatic_ = false;
  size_t last_block_ = kNone;
};

}  // namespace protocol::anthropic
