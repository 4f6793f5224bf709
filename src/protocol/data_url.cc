#include "protocol/data_url.h"

#include "base/text.h"

namespace protocol {

bool read_url(chat::Text url, chat::Text fallback_type, chat::Block& block) {
  if (!base::starts_with_ignoring_case(url, "data:")) {
    block.source = chat::Source::url;
    block.body = url;
    return true;
  }
  size_t comma = url.find(',');
  if (comma == url.npos) return false;
  chat::Text head = url.substr(5, comma - 5);
  if (!head.ends_with(";base64")) return false;
  block.source = chat::Source::base64;
  block.body = url.substr(comma + 1);
  block.media_type = base::take_until(head, ';');
  if (block.media_type.empty()) block.media_type = fallback_type;
  return true;
}

chat::Text media_type_of(chat::Text file_name) {
  struct Type {
    std::string_view extension, media_type;
  };
  static constexpr Type kTypes[] = {
      {".pdf", "application/pdf"}, {".txt", "text/plain"},        {".md", "text/markdown"},
      {".csv", "text/csv"},        {".html", "text/html"},        {".htm", "text/html"},
      {".xml", "text/xml"},        {".json", "application/json"}, {".png", "image/png"},
      {".jpg", "image/jpeg"},      {".jpeg", "image/jpeg"},       {".webp", "image/webp"},
      {".gif", "image/gif"},       {".heic", "image/heic"},       {".mp3", "audio/mpeg"},
      {".wav", "audio/wav"},       {".ogg", "audio/ogg"},         {".flac", "audio/flac"},
      {".m4a", "audio/mp4"},       {".mp4", "video/mp4"},         {".mov", "video/quicktime"},
      {".webm", "video/webm"},     {".py", "text/x-python"},      {".js", "text/javascript"},
  };
  for (const Type& type : kTypes) {
    if (file_name.size() < type.extension.size()) continue;
    if (base::equals_ignoring_case(file_name.substr(file_name.size() - type.extension.size()),
                                   type.extension)) {
      return type.media_type;
    }
  }
  return "application/octet-stream";
}

}  // namespace protocol
