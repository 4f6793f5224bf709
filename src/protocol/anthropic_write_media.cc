// Anthropic Messages: images and documents of a request to an upstream, and the rules for texts and ids.
#include "base/text.h"
#include "protocol/anthropic_write.h"
#include "protocol/problem.h"

namespace protocol::anthropic {

namespace {

using chat::Block;
using chat::Source;

constexpr std::string_view kFilePrefix = "file_";

bool is_image(const Block& block) {
  if (block.media_type.starts_with("image")) return true;
  if (block.source != Source::url || !block.media_type.empty()) return false;
  chat::Text path = block.body.substr(0, block.body.find_first_of("?#"));
  return !base::lower(path).ends_with(".pdf");
}

bool is_text(chat::Text media_type) {
  return media_type.starts_with("text/") || media_type == "application/json" ||
         media_type == "application/xml" || media_type.ends_with("+json") || media_type.ends_with("+xml");
}

// "data:text/plain;base64,..." of a client is a text document here.
Problem write_text_source(json::Writer& w, const Block& block) {
  auto bytes = base::base64_decode(block.body);
  json::Document check;
  std::string quoted = "\"";
  if (bytes) json::escape(*bytes, quoted);
  quoted += '"';
  if (!bytes || check.parse(quoted) != json::Error::none) {
    return unsupported("file_data", "A text file must be UTF-8, base64 encoded.");
  }
  w.key("type").raw("\"text\"").key("media_type").raw("\"text/plain\"").key("data").raw(quoted);
  return std::nullopt;
}

Problem write_source(json::Writer& w, const Block& block) {
  if (block.source == Source::url) {
    w.key("type").raw("\"url\"").key("url").text(block.body);
  } else if (block.source == Source::file_id) {
    w.key("type").raw("\"file\"").key("file_id").text(block.body);
    if (!block.body.starts_with(kFilePrefix)) {
      return unsupported("file_id",
                         "Files of another service cannot be read by Anthropic: send their content.");
    }
  } else if (is_text(block.media_type)) {
    return write_text_source(w, block);
  } else {
    w.key("type").raw("\"base64\"").key("media_type").text(block.media_type).key("data").text(block.body);
    if (!is_image(block) && block.media_type != "application/pdf") {
      std::string why = "Anthropic's models take images, PDF and text, not '";
      why.append(block.media_type).append("'.");
      return unsupported("content", why);
    }
  }
  return std::nullopt;
}

}  // namespace

Problem write_media_block(json::Writer& w, const Block& block, chat::Raw mark) {
  bool image = is_image(block);
  w.begin_object().key("type").raw(image ? "\"image\"" : "\"document\"").key("source").begin_object();
  Problem problem = write_source(w, block);
  w.end_object();
  if (!image && !block.name.empty()) w.key("title").text(block.name);
  if (!mark.empty()) w.key("cache_control").raw(mark);
  w.end_object();
  return problem;
}

chat::Text without_trailing_space(chat::Text text) {
  while (!text.empty()) {
    if (text.back() == ' ') {
      text.remove_suffix(1);
    } else if (text.size() >= 2 && text[text.size() - 2] == '\\' &&
               (text.back() == 'n' || text.back() == 't' || text.back() == 'r')) {
      // The backslash must not be the second half of an escaped one.
      size_t slashes = 0;
      while (slashes + 1 < text.size() && text[text.size() - 2 - slashes] == '\\') slashes++;
      if (slashes % 2 == 0) break;
      text.remove_suffix(2);
    } else {
      break;
    }
  }
  return text;
}

bool is_blank(chat::Text text) {
  if (!text.empty() && uint8_t(text[0]) > ' ' && text[0] != '\\') return false;
  return without_trailing_space(text).empty();
}

}  // namespace protocol::anthropic
