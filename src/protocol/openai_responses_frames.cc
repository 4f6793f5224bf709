#include "protocol/openai_responses_frames.h"

#include "base/text.h"

namespace protocol::openai_responses {

bool Frames::open(std::string_view type) {
  if (!stream_) return false;
  out_.append("event: ").append(type).append("\ndata: {\"type\":\"").append(type).append("\"");
  number("sequence_number", sequence_++);
  return true;
}

bool Frames::open_about_item(std::string_view type) {
  if (!open(type)) return false;
  text("item_id", id_).number("output_index", index_);
  return true;
}

Frames& Frames::text(std::string_view name, std::string_view escaped) {
  out_.append(",\"").append(name).append("\":\"").append(escaped).append("\"");
  return *this;
}

Frames& Frames::raw(std::string_view name, std::string_view json) {
  out_.append(",\"").append(name).append("\":").append(json);
  return *this;
}

Frames& Frames::number(std::string_view name, int64_t value) {
  out_.append(",\"").append(name).append("\":");
  base::append_int(out_, value);
  return *this;
}

void Frames::begin_item(std::string_view id, std::string_view prefix) {
  id_ = id;
  if (!id.empty()) return;
  id_.append(prefix).append(stem_);
  if (index_ < 10) id_ += '0';
  base::append_int(id_, index_);
}

void Frames::announce(std::string_view item) {
  if (!open("response.output_item.added")) return;
  number("output_index", index_).raw("item", item).close();
}

void Frames::finish_item(std::string_view item) {
  if (open("response.output_item.done")) number("output_index", index_).raw("item", item).close();
  if (!items_.empty()) items_ += ',';
  items_ += item;
  index_++;
}

void Frames::whole_item(std::string_view prefix, std::string_view type, std::string_view early,
                        std::string_view content, std::initializer_list<std::string_view> steps) {
  begin_item({}, prefix);
  std::string item = "{\"id\":\"" + id_ + "\",\"type\":\"";
  item.append(type).append("\",\"status\":\"");
  size_t head = item.size();
  item.append("in_progress\",").append(early).append("}");
  announce(item);
  for (std::string_view step : steps) {
    if (open_about_item(step)) close();
  }
  item.resize(head);
  item.append("completed\",").append(content).append("}");
  finish_item(item);
}

void Frames::compaction_item(std::string_view id, std::string_view slot) {
  begin_item(id, "cmp_");
  std::string item = "{\"id\":\"" + id_ + "\",\"type\":\"compaction\",\"encrypted_content\":\"";
  item.append(slot).append("\"}");
  announce(item);
  finish_item(item);
}

}  // namespace protocol::openai_responses
