#include "protocol/codewhisperer_turns.h"

namespace protocol::codewhisperer {

namespace {

constexpr std::string_view kGone = "[A file that was attached here is no longer available.]";

size_t count_media(const std::vector<Turn>& turns) {
  size_t count = 0;
  for (const Turn& turn : turns) count += turn.media.size();
  return count;
}

bool is_too_large(const chat::Block& block, int64_t max_image) {
  return max_image && block.media_type.starts_with("image/") && int64_t(block.body.size()) > max_image;
}

}  // namespace

bool limit_media(std::vector<Turn>& turns, int64_t max_image, int64_t max_media) {
  size_t count = count_media(turns);
  size_t surplus = max_media && count > size_t(max_media) ? count - size_t(max_media) : 0;
  for (Turn& turn : turns) {
    std::vector<const chat::Block*> kept;
    for (const chat::Block* block : turn.media) {
      bool large = is_too_large(*block, max_image);
      if (large && &turn == &turns.back()) return false;
      if (!large && surplus == 0) {
        kept.push_back(block);
        continue;
      }
      if (surplus > 0) surplus--;
      add_paragraph(turn.text, kGone);
    }
    turn.media = std::move(kept);
  }
  return true;
}

}  // namespace protocol::codewhisperer
