#include "provider/kiro/names.h"

#include <vector>

#include "base/text.h"

namespace provider::amazon {

namespace {

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

void drop_suffix(std::string& name, std::string_view suffix) {
  if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
}

// "-20250929"
void drop_date(std::string& name) {
  constexpr size_t kSize = 9;
  if (name.size() <= kSize || name[name.size() - kSize] != '-') return;
  if (is_number(std::string_view(name).substr(name.size() - kSize + 1))) name.resize(name.size() - kSize);
}

std::vector<std::string_view> parts_of(std::string_view name) {
  std::vector<std::string_view> parts;
  while (!name.empty()) parts.push_back(base::take_until(name, '-'));
  return parts;
}

}  // namespace

std::string kiro_name(std::string_view given) {
  std::string name = base::lower(given);
  for (std::string_view prefix : {"kiro/", "kr/", "kiro-"}) {
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
  }
  for (std::string_view suffix : {"[1m]", "-thinking", "-latest"}) drop_suffix(name, suffix);
  drop_date(name);
  std::vector<std::string_view> parts = parts_of(name);
  if (parts.size() != 4 || parts[0] != "claude") return name;
  // claude-sonnet-4-5, claude-4-5-sonnet; the one old model keeps its version in front
  bool behind = is_number(parts[2]) && is_number(parts[3]);
  bool before = is_number(parts[1]) && is_number(parts[2]);
  if (!behind && !before) return name;
  std::string version(behind ? parts[2] : parts[1]);
  version.append(".").append(behind ? parts[3] : parts[2]);
  std::string family(behind ? parts[1] : parts[3]);
  bool old = version.starts_with("3.");
  return old ? "claude-" + version + "-" + family : "claude-" + family + "-" + version;
}

}  // namespace provider::amazon
