#include "gateway/media.h"

#include "base/text.h"
#include "config/settings.h"
#include "gateway/media_url.h"
#include "host/host.h"
#include "http/head.h"
#include "json/escape.h"
#include "protocol/data_url.h"

namespace gateway {

namespace {

constexpr size_t kMaxBytes = 20 << 20;  // of all media of a request together
constexpr int kMaxRedirects = 4;
constexpr uint32_t kPatienceMs = 20'000;  // with each step of a download
constexpr int64_t kDeadlineMs = 60'000;   // for one download

constexpr std::string_view kReadByGemini[] = {
    "gs://",
    "https://generativelanguage.googleapis.com/",
    "https://www.youtube.com/",
    "https://youtube.com/",
    "https://youtu.be/",
};

bool is_url(const chat::Block& block) {
  return block.kind == chat::Block::Kind::media && block.source == chat::Source::url;
}

bool is_googles(std::string_view url) {
  for (std::string_view prefix : kReadByGemini) {
    if (url.starts_with(prefix)) return true;
  }
  return false;
}

// Has `wire` a place for the block's URL? Chat has one for images, Anthropic for images and PDF, Responses
// for any document. What has no type is an image, unless its extension says otherwise.
bool goes_by_url(const chat::Block& block, chat::Origin wire) {
  using chat::Origin;
  if (!block.body.starts_with("https://")) return false;
  std::string_view type = block.media_type, path = block.body.substr(0, block.body.find_first_of("?#"));
  if (type.empty()) type = protocol::media_type_of(path);
  bool image = type.starts_with("image") || (block.media_type.empty() && type == "application/octet-stream");
  if (wire == Origin::openai_responses) return !type.starts_with("audio/") && !type.starts_with("video/");
  if (wire == Origin::anthropic) return image || type == "application/pdf";
  return wire == Origin::openai_chat && image;
}

chat::Error refused(std::string_view url, std::string_view why) {
  chat::Error error;
  error.fault = chat::Fault::invalid_request;
  error.code = "invalid_media_url";
  error.message = "Could not load ";
  error.message.append(url.substr(0, 200)).append(": ").append(why);
  return error;
}

bool is_redirect(uint32_t status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// The media type of what was loaded; empty if it is nothing that a model can look at. A server that does not
// say is taken by the URL's extension.
std::string_view media_type(std::string_view content_type, std::string_view url) {
  std::string_view type = base::trim(base::take_until(content_type, ';'));
  if (type.empty() || type == "application/octet-stream" || type == "binary/octet-stream") {
    type = protocol::media_type_of(url.substr(0, url.find_first_of("?#")));
  }
  if (type == "text/html" || type.find_first_of("\"\\") != type.npos) return {};
  for (std::string_view family :
       {"image/", "audio/", "video/", "text/", "application/pdf", "application/json"}) {
    if (type.starts_with(family)) return type;
  }
  return {};
}

// Reads a body of at most `limit` bytes.
base::Task<std::optional<chat::Error>> read_body(uint32_t req, std::string url, size_t limit,
                                                 std::string& out) {
  const int64_t deadline = host::now_ms() + kDeadlineMs;
  while (true) {
    host::Completion chunk = co_await host::read(req, kPatienceMs);
    if (chunk.status == host::kEnd) co_return std::nullopt;
    if (chunk.status == host::kBroken) co_return refused(url, "the connection broke.");
    if (chunk.status != host::kChunk || host::now_ms() > deadline)
      co_return refused(url, "its server is too slow.");
    if (out.size() + chunk.data.size() > limit)
      co_return refused(url, "media by URL may be 20 MB per request at most.");
    out += chunk.data;
  }
}

// Asks for `url`, and for what it leads to. `head`: the final answer's header lines.
base::Task<std::optional<chat::Error>> ask(uint32_t req, std::string& url, std::string& head) {
  for (int hops = 0; hops <= kMaxRedirects; hops++) {
    std::string_view why = why_not_fetched(url, config::settings().media_from_private_hosts);
    if (!why.empty()) co_return refused(url, why);
    std::string message = "GET " + url + "\naccept: image/*, audio/*, video/*, application/pdf, text/*\n\n";
    host::Completion answer = co_await host::fetch(req, message, kPatienceMs);
    if (answer.status == host::kNothingYet) co_return refused(url, "its server did not answer in time.");
    if (answer.status == host::kNetwork) co_return refused(url, "its server could not be reached.");
    head = answer.data;
    if (answer.status == 200) co_return std::nullopt;
    std::string_view location = http::header(head, "location");
    if (!is_redirect(answer.status) || location.empty()) {
      co_return refused(url, "its server answered with HTTP " + base::to_text(answer.status) + ".");
    }
    url = redirected(url, location);
  }
  co_return refused(url, "it redirects too often.");
}

// Replaces the block's URL by what is there; takes its size from `left`.
base::Task<std::optional<chat::Error>> download(Exchange& exchange, chat::Block& block, size_t& left) {
  std::string url = json::unescaped(block.body), head, bytes;
  if (auto problem = co_await ask(exchange.id, url, head)) co_return problem;
  std::string_view type = media_type(http::header(head, "content-type"), url);
  if (type.empty()) {
    co_return refused(url, "it is neither image, audio, video, PDF nor text, but '" +
                               std::string(http::header(head, "content-type")) + "'.");
  }
  auto announced = base::to_int(http::header(head, "content-length"));
  if (announced && *announced > int64_t(left))
    co_return refused(url, "media by URL may be 20 MB per request at most.");
  if (auto problem = co_await read_body(exchange.id, url, left, bytes)) co_return problem;
  host::close(exchange.id);
  if (bytes.empty()) co_return refused(url, "it is empty.");
  left -= bytes.size();
  block.source = chat::Source::base64;
  block.body = exchange.arena.copy(base::base64(bytes));
  block.media_type = exchange.arena.copy(type);
  co_return std::nullopt;
}

}  // namespace

base::Task<std::optional<chat::Error>> inline_media(Exchange& exchange, chat::Request& request,
                                                    chat::Origin wire, bool by_url) {
  size_t left = kMaxBytes;
  for (chat::Block& block : request.blocks) {
    if (!is_url(block)) continue;
    if (is_googles(block.body)) {
      if (wire == chat::Origin::gemini) continue;
      co_return refused(json::unescaped(block.body),
                        "only Gemini's models read YouTube, Cloud Storage and Gemini's own files.");
    }
    if (by_url && goes_by_url(block, wire)) continue;
    if (auto problem = co_await download(exchange, block, left)) {
      host::close(exchange.id);
      co_return problem;
    }
  }
  co_return std::nullopt;
}

}  // namespace gateway
