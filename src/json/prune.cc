#include "json/prune.h"

#include "json/document.h"

namespace json {

namespace {

char folded(char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; }

bool same_name(std::string_view a, std::string_view b) {
  size_t i = 0, j = 0;
  while (true) {
    while (i < a.size() && a[i] == '_') i++;
    while (j < b.size() && b[j] == '_') j++;
    if (i == a.size() || j == b.size()) return i == a.size() && j == b.size();
    if (folded(a[i++]) != folded(b[j++])) return false;
  }
}

Item find(Value object, std::string_view name) {
  for (auto [key, value] : object.items()) {
    if (same_name(key.inner(), name)) return {key, value};
  }
  return {};
}

// An element of an array, or what Google calls an element of a map.
Value nth(Value of, size_t index) {
  for (auto [_, value] : of.items()) {
    if (index-- == 0) return value;
  }
  return {};
}

Value follow(Value root, std::string_view path) {
  Value at = root;
  bool in_map = false;
  for (bool first = true; !path.empty() && at; first = false) {
    size_t end = path.find_first_of(".[");
    std::string_view step = path.substr(0, end);
    if (!step.empty()) {
      Value next = find(at, step).value;
      bool stays = !next && ((first && step == "request") || (in_map && step == "value"));
      if (!stays) at = next;
      in_map = false;
    }
    path.remove_prefix(end == path.npos ? path.size() : end);
    if (path.starts_with('.')) path.remove_prefix(1);
    if (!path.starts_with('[')) continue;
    size_t index = 0, i = 1;
    for (; i < path.size() && path[i] >= '0' && path[i] <= '9' && i < 8; i++)
      index = index * 10 + size_t(path[i] - '0');
    in_map = at.is_object();
    at = nth(at, index);
    path.remove_prefix(i < path.size() ? i + 1 : i);
  }
  return at;
}

}  // namespace

bool prune(std::string& text, size_t at, std::string_view path, std::string_view name) {
  Document document;
  std::string_view json = std::string_view(text).substr(at);
  if (document.parse(json) != Error::none) return false;
  Value object = follow(document.root(), path);
  Item found = object ? find(object, name) : Item{};
  if (!found.key) return false;
  const char* begin = found.key.raw().data();
  const char* end = found.value.raw().data() + found.value.raw().size();
  // A comma goes along: the one before, or the one behind the first member.
  const char* before = nullptr;
  const char* after = nullptr;
  for (auto [key, value] : object.items()) {
    if (key.raw().data() < begin) before = value.raw().data() + value.raw().size();
    if (key.raw().data() >= end && !after) after = key.raw().data();
  }
  if (before) begin = before;
  if (!before && after) end = after;
  text.erase(at + size_t(begin - json.data()), size_t(end - begin));
  return true;
}

}  // namespace json
