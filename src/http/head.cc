#include "http/head.h"

#include "base/text.h"

namespace http {

std::string_view header(std::string_view lines, std::string_view name) {
  while (!lines.empty()) {
    std::string_view line = base::take_until(lines, '\n');
    if (line.size() > name.size() + 1 && line[name.size()] == ':' && line.substr(0, name.size()) == name) {
      return base::trim(line.substr(name.size() + 1));
    }
  }
  return {};
}

bool parse(std::string_view message, Request& out) {
  size_t blank = message.find("\n\n");
  if (blank == message.npos) return false;
  out.body = message.substr(blank + 2);
  std::string_view head = message.substr(0, blank + 1);
  std::string_view start = base::take_until(head, '\n');
  out.headers = head;
  out.method = base::take_until(start, ' ');
  out.target = start;
  out.query = start;
  out.path = base::take_until(out.query, '?');
  return !out.method.empty() && !out.target.empty();
}

std::string_view origin_of(std::string_view url) {
  size_t scheme = url.find("://");
  if (scheme == url.npos) return {};
  return url.substr(0, url.find_first_of("/?#", scheme + 3));
}

}  // namespace http
