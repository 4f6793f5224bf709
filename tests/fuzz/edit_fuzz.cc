// json::edit: the result parses, the edited members have their new values, all others keep their bytes.
#include <string>

#include "fuzz/fuzz.h"
#include "json/edit.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Exact exact({reinterpret_cast<const char*>(data), size});
  json::Document before, after;
  if (before.parse(exact.text()) != json::Error::none || !before.root().is_object()) return 0;
  std::string out;
  json::edit(before.root(), {{"model", "\"new\""}, {"gone", ""}, {"added", "[1, 2]"}}, out);
  if (after.parse(out) != json::Error::none) std::abort();
  json::Value root = after.root();
  fuzz::expect(root["model"].equals("new") && !root["gone"] && root["added"].raw() == "[1, 2]");
  for (auto [key, value] : before.root().items()) {
    std::string name = key.str();
    if (name == "model" || name == "gone" || name == "added") continue;
    fuzz::expect(root[name].raw() == before.root()[name].raw());
  }
  return 0;
}
