#include "gateway/media_url.h"

#include <algorithm>

#include "base/text.h"
#include "http/head.h"

namespace gateway {

namespace {

constexpr std::string_view kPrivateSuffixes[] = {".localhost", ".local",  ".localdomain", ".internal",
                                                 ".intranet",  ".lan",    ".home",        ".home.arpa",
                                                 ".corp",      ".private"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool fits_a_name(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.'; }

std::string_view authority_of(std::string_view url) {
  std::string_view origin = http::origin_of(url);
  return origin.substr(std::min(origin.size(), origin.find("://") + 3));
}

// Whatever a URL parser would take for an IPv4 address: its last label is a number, "127.1" and "0x7f.1"
// included.
bool ends_in_a_number(std::string_view host) {
  std::string_view last = host.substr(host.rfind('.') + 1);  // npos + 1 is 0
  return last.starts_with("0x") || (!last.empty() && std::all_of(last.begin(), last.end(), is_digit));
}

std::string_view why_not_this_host(std::string_view authority) {
  std::string name = base::lower(authority);
  std::string_view port = name;
  std::string_view host = base::take_until(port, ':');
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.starts_with('[') || ends_in_a_number(host)) return "bare IP addresses are not fetched.";
  // Escapes, other scripts and separators that only some parsers know can all spell a private host.
  if (!std::all_of(host.begin(), host.end(), fits_a_name) || !std::all_of(port.begin(), port.end(), is_digit))
    return "its host must be a plain name in ASCII, without user or password.";
  if (host.find('.') == host.npos) return "hosts of private networks are not fetched.";
  for (std::string_view suffix : kPrivateSuffixes) {
    if (host.ends_with(suffix)) return "hosts of private networks are not fetched.";
  }
  return {};
}

}  // namespace

std::string_view why_not_fetched(std::string_view url, bool private_hosts_too) {
  bool http =
      base::starts_with_ignoring_case(url, "http://") || base::starts_with_ignoring_case(url, "https://");
  if (!http) return "only http, https and data URLs are supported.";
  if (base::has_control(url)) return "it holds control characters.";
  std::string_view authority = authority_of(url);
  if (authority.empty()) return "it names no host.";
  return private_hosts_too ? std::string_view{} : why_not_this_host(authority);
}

std::string redirected(std::string_view url, std::string_view location) {
  size_t colon = location.find(':');
  if (colon != location.npos && colon < location.find_first_of("/?#")) return std::string(location);
  if (location.starts_with("//")) return std::string(url.substr(0, url.find(':') + 1)).append(location);
  std::string_view origin = http::origin_of(url);
  if (location.starts_with('/')) return std::string(origin).append(location);
  std::string_view path = url.substr(0, std::min(url.size(), url.find_first_of("?#", origin.size())));
  if (location.starts_with('?')) return std::string(path).append(location);
  size_t slash = path.rfind('/');
  bool has_path = slash != path.npos && slash >= origin.size();
  return std::string(has_path ? path.substr(0, slash) : path).append("/").append(location);
}

}  // namespace gateway
