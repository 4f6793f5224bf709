// Escaping and unescaping are inverse to each other, and what is escaped may stand between quotes.
#include <string>

#include "fuzz/fuzz.h"
#include "json/document.h"
#include "json/escape.h"
#include "json/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Exact exact({reinterpret_cast<const char*>(data), size});
  if (json::utf8_valid(exact.text())) {
    std::string quoted = "\"" + json::escaped(exact.text()) + "\"";
    json::Document document;
    fuzz::expect(document.parse(quoted) == json::Error::none);
    fuzz::expect(document.root().str() == exact.text());
  }
  std::string quoted = "\"" + std::string(exact.text()) + "\"";
  json::Document document;
  if (document.parse(quoted) != json::Error::none) return 0;
  std::string plain = document.root().str();
  fuzz::expect(json::utf8_valid(plain));
  fuzz::expect(json::unescaped(json::escaped(plain)) == plain);
  fuzz::expect(document.root().equals(plain));
  return 0;
}
