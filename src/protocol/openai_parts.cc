#include "protocol/openai_parts.h"

#include "protocol/data_url.h"
#include "protocol/problem.h"

namespace protocol {

namespace {

using chat::Block;
using json::Value;
using Problem = std::optional<chat::Error>;

constexpr struct {
  std::string_view format, media_type;
} kAudioFormats[] = {
    {"wav", "audio/wav"}, {"mp3", "audio/mpeg"},  {"ogg", "audio/ogg"},   {"flac", "audio/flac"},
    {"aac", "audio/aac"}, {"webm", "audio/webm"}, {"opus", "audio/opus"}, {"pcm16", "audio/pcm"},
};

std::string member(std::string_view where, std::string_view name) {
  return std::string(where) + "." + std::string(name);
}

}  // namespace

Problem read_openai_audio(Value audio, std::string_view where, chat::Request& out) {
  Value data = audio["data"], format = audio["format"];
  if (!data.is_string()) return wrong_type(member(where, "data"), "a string", data);
  for (const auto& known : kAudioFormats) {
    if (!format.equals(known.format)) continue;
    Block& block = out.add(Block::Kind::media);
    block.body = data.inner();
    block.media_type = known.media_type;
    return std::nullopt;
  }
  return invalid_value(member(where, "format"),
                       "supported formats are wav, mp3, ogg, flac, aac, webm, opus and pcm16.");
}

Problem read_openai_file(Value file, std::string_view where, chat::Request& out) {
  Value data = file["file_data"], url = file["file_url"], id = file["file_id"], name = file["filename"];
  if (!data.is_string() && !url.is_string() && !id.is_string()) return missing(member(where, "file_data"));
  Block& block = out.add(Block::Kind::media);
  block.name = name.inner();
  if (!data.is_string() && !url.is_string()) {
    block.source = chat::Source::file_id;
    block.body = id.inner();
    return std::nullopt;
  }
  chat::Text type = media_type_of(name.inner()), text = data.is_string() ? data.inner() : url.inner();
  if (text.find(':') == text.npos) {
    block.body = text;
    block.media_type = type;
  } else if (!read_url(text, type, block)) {
    return invalid_value(member(where, "file_data"), "a data URL must be base64 encoded.");
  }
  // A URL without a type would pass for an image.
  if (block.source == chat::Source::url) {
    block.media_type = name.inner().empty() ? media_type_of(text.substr(0, text.find_first_of("?#"))) : type;
  }
  return std::nullopt;
}

}  // namespace protocol
