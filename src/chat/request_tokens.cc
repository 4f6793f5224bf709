#include "chat/request_tokens.h"

#include <algorithm>

#include "chat/image_size.h"
#include "chat/token_estimate.h"

namespace chat {

namespace {

// What the vendors document of their models, and where a count begins before it has learned (percent of
// OpenAI's tokens for the same text).
struct Family {
  std::string_view mark;  // in the model's name
  int64_t percent;
  int64_t per_request, per_message;
  int64_t with_tools, per_tool;  // the instructions that explain tools to the model
  int64_t per_page;              // of a PDF
  int64_t per_second;            // of sound
  int64_t (*image)(ImageSize size, Text detail);
};

constexpr ImageSize kUsualImage = {1024, 1024};
constexpr int64_t kPageBytes = 50'000, kSoundBytes = 16'000;  // of a PDF's page, of a second of sound

int64_t tiles(int64_t length, int64_t tile) { return (length + tile - 1) / tile; }

// Shrinks to fit `longest` on the longer side.
ImageSize fitted(ImageSize size, int64_t longest) {
  int64_t side = std::max(size.width, size.height);
  if (side <= longest) return size;
  return {uint32_t(size.width * longest / side), uint32_t(size.height * longest / side)};
}

int64_t claude_image(ImageSize size, Text) {
  size = fitted(size, 1568);
  return std::min<int64_t>(int64_t(size.width) * size.height / 750, 1600);
}

int64_t gemini_image(ImageSize size, Text) {
  if (size.width <= 384 && size.height <= 384) return 258;
  size = fitted(size, 3072);
  return 258 * tiles(size.width, 768) * tiles(size.height, 768);
}

int64_t openai_image(ImageSize size, Text detail) {
  if (detail == "low") return 85;
  size = fitted(size, 2048);
  int64_t shorter = std::min(size.width, size.height), width = size.width, height = size.height;
  if (shorter > 768) {
    width = width * 768 / shorter;
    height = height * 768 / shorter;
  }
  return 85 + 170 * tiles(width, 512) * tiles(height, 512);
}

constexpr Family kFamilies[] = {
    {"claude", 115, 3, 3, 346, 10, 2250, 10, claude_image},
    {"gemini", 100, 1, 2, 0, 8, 258, 32, gemini_image},
    {"", 100, 3, 4, 8, 8, 1000, 10, openai_image},
};

const Family& family_of(std::string_view model) {
  for (const Family& family : kFamilies) {
    if (model.find(family.mark) != model.npos) return family;
  }
  return kFamilies[2];
}

int64_t media_tokens(const Block& block, const Family& family) {
  int64_t bytes = block.source == Source::base64 ? int64_t(block.body.size()) * 3 / 4 : 0;
  if (block.media_type == "application/pdf") return family.per_page * (1 + bytes / kPageBytes);
  if (block.media_type.starts_with("audio/")) return family.per_second * (1 + bytes / kSoundBytes);
  if (block.media_type.starts_with("text/")) return bytes / 4;
  ImageSize size = block.source == Source::base64 ? image_size(block.body) : ImageSize{};
  if (!size.width || !size.height) size = kUsualImage;
  return family.image(size, block.detail);
}

int64_t block_tokens(const Block& block) {
  constexpr int64_t kAround = 6;  // what frames a call or its result
  if (block.kind == Block::Kind::tool_call) {
    return kAround + estimate_tokens(block.name) + estimate_tokens(block.arguments.text);
  }
  if (block.kind == Block::Kind::tool_result) return kAround;
  return estimate_tokens(block.body);
}

int64_t tool_tokens(const Tool& tool, const Family& family) {
  return family.per_tool + estimate_tokens(tool.name) + estimate_tokens(tool.description) +
         estimate_tokens(tool.schema) + estimate_tokens(tool.grammar);
}

}  // namespace

InputTokens estimate_input(const Request& request, std::string_view model) {
  const Family& family = family_of(model);
  InputTokens out;
  int64_t words = 0;
  for (const Instruction& said : request.system) words += estimate_tokens(said.text);
  for (const Block& block : request.blocks) {
    if (block.kind == Block::Kind::media) {
      out.media += media_tokens(block, family);
    } else {
      words += block_tokens(block);
    }
  }
  for (const Tool& tool : request.tools) words += tool_tokens(tool, family);
  words += estimate_tokens(request.format.schema);
  out.text = words * family.percent / 100 + family.per_request;
  out.text += family.per_message * int64_t(request.messages.size() + !request.system.empty());
  if (!request.tools.empty()) out.text += family.with_tools;
  return out;
}

}  // namespace chat
