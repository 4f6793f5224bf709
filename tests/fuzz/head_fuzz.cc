// The head of a client's message: views stay inside it, and every header that a plain look finds is found.
#include <string>

#include "base/text.h"
#include "fuzz/fuzz.h"
#include "http/head.h"

namespace {
void inside(std::string_view message, std::string_view view) {
  fuzz::expect(view.empty() || (view.data() >= message.data() &&
                                view.data() + view.size() <= message.data() + message.size()));
}

// The value of the first line of that name that has one.
std::string_view look_plainly(std::string_view lines, const std::string& name) {
  while (!lines.empty()) {
    std::string_view line = base::take_until(lines, '\n');
    bool its = line.starts_with(name + ":") && line.size() > name.size() + 1;
    if (its) return base::trim(line.substr(name.size() + 1));
  }
  return {};
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Exact exact({reinterpret_cast<const char*>(data), size});
  std::string_view message = exact.text();
  http::Request request;
  bool parsed = http::parse(message, request);
  if (!parsed) return 0;
  fuzz::expect(!request.method.empty() && !request.target.empty());
  fuzz::expect(message.find("\n\n") != message.npos);
  for (std::string_view view :
       {request.method, request.target, request.path, request.query, request.headers, request.body})
    inside(message, view);
  fuzz::expect(message.ends_with(request.body));
  std::string_view lines = request.headers;
  while (!lines.empty()) {
    std::string name(lines.substr(0, lines.find_first_of(":\n")));
    fuzz::expect(request.header(name) == look_plainly(request.headers, name));
    base::take_until(lines, '\n');
  }
  for (std::string_view name : {"authorization", "content-type", "x"}) inside(message, request.header(name));
  inside(message, http::origin_of(request.target));
  base::query_value(request.query, "key");
  base::url_decode(request.path);
  return 0;
}
