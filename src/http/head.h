// The head of a message that crossed the border: "POST /v1/x?a=b\nname: value\n...\n\n" from a client, or
// "name: value\n..." of an upstream's answer. Header names are lower case, as the Fetch standard delivers
// them.
#pragma once

#include <string>
#include <string_view>

namespace http {

// The value of header `name` (lower case) in lines "name: value\n"; empty if absent.
std::string_view header(std::string_view lines, std::string_view name);

// A client's request. All views into the message.
struct Request {
  std::string_view method;
  std::string_view target;   // as received
  std::string_view path;     // target up to '?'
  std::string_view query;    // after '?', may be empty
  std::string_view headers;  // lines
  std::string_view body;

  std::string_view header(std::string_view name) const { return http::header(headers, name); }
};

// False if `message` has no well-formed head.
bool parse(std::string_view message, Request& out);

// Scheme, host and port of an absolute URL ("https://a.example:8443"), or empty.
std::string_view origin_of(std::string_view url);

}  // namespace http
