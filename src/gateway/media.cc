#include "gateway/media.h"

#include "base/text.h"
#include "config/settings.h"
#include "gateway/client_stream.h"
#include "host/host.h"
#include "http/head.h"
#include "json/escape.h"

namespace gateway {

namespace {

constexpr size_t kMaxBytes = 20 << 20;

constexpr std::string_view kReadByGemini[] = {
    "gs://",
    "https://generativelanguage.googleapis.com/",
    "https://www.youtube.com/",
    "https://youtube.com/",
    "https://youtu.be/",
};

bool must_download(const chat::Block& block) {
  if (block.kind != chat::Block::Kind::media || block.source != chat::Source::url) return false;
  for (std::string_view prefix : kReadByGemini) {
    if (block.body.starts_with(prefix)) return false;
  }
  return true;
}

std::string_view host_of(std::string_view url) {
  std::string_view origin = http::origin_of(url);
  std::string_view authority = origin.substr(origin.find("://") + 3);
  authority.remove_prefix(authority.rfind('@') + 1);  // npos + 1 is 0
  return authority.starts_with('[') ? authority : base::take_until(authority, ':');
}

// Names and literals that lead into the operator's own network. A public name that resolves there is the
// platform's to stop.
bool is_private(std::string_view host) {
  constexpr std::string_view kSuffixes[] = {"localhost", ".local", ".internal", ".lan"};
  for (std::string_view suffix : kSuffixes) {
    if (host.ends_with(suffix)) return true;
  }
  // An IP literal in any of its spellings: no public name ends in a number.
  return host.starts_with('[') ||
         (!host.empty() && base::to_int(host.substr(host.rfind('.') + 1)).has_value()) ||
         host.starts_with("0x");
}

chat::Error refused(std::string_view url, std::string_view why) {
  chat::Error error;
  error.fault = chat::Fault::invalid_request;
  error.code = "invalid_image_url";
  error.message = "Could not load ";
  error.message.append(url.substr(0, 200)).append(": ").append(why);
  return error;
}

base::Task<std::optional<chat::Error>> download(Exchange& exchange, chat::Block& block) {
  std::string url = json::unescaped(block.body);
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    co_return refused(url, "only http, https and data URLs are supported.");
  }
  if (!config::settings().media_from_private_hosts && is_private(base::lower(host_of(url)))) {
    co_return refused(url, "bare IP addresses and private networks are not fetched.");
  }
  std::string message = "GET " + url + "\naccept: image/*, audio/*, video/*, application/pdf, text/*\n\n";
  host::Completion head = co_await fetch_patiently(exchange, message, nullptr);
  if (head.status != 200) co_return refused(url, "its server did not answer with 200.");
  std::string type(http::header(head.data, "content-type"));
  std::string bytes;
  while (true) {
    host::Completion chunk = co_await read_patiently(exchange, nullptr);
    if (chunk.status == host::kEnd) break;
    if (chunk.status != host::kChunk) co_return refused(url, "the connection broke.");
    bytes += chunk.data;
    if (bytes.size() > kMaxBytes) co_return refused(url, "it is larger than 20 MB.");
  }
  host::close(exchange.id);
  block.source = chat::Source::base64;
  block.body = exchange.arena.copy(base::base64(bytes));
  std::string_view bare = type;
  block.media_type = exchange.arena.copy(json::escaped(base::trim(base::take_until(bare, ';'))));
  co_return std::nullopt;
}

}  // namespace

base::Task<std::optional<chat::Error>> inline_media(Exchange& exchange, chat::Request& request) {
  for (chat::Block& block : request.blocks) {
    if (!must_download(block)) continue;
    if (auto problem = co_await download(exchange, block)) co_return problem;
  }
  co_return std::nullopt;
}

}  // namespace gateway
