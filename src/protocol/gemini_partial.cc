#include "protocol/gemini_partial.h"

#include <algorithm>

#include "base/text.h"
#include "json/escape.h"

namespace protocol::gemini {

// "$.a.b[0]['c d']"
bool PartialArguments::read_path(std::string_view path, std::vector<Step>& steps) {
  if (!path.starts_with('$')) return false;
  path.remove_prefix(1);
  while (!path.empty()) {
    size_t end;
    if (path[0] == '.') {
      end = std::min(path.find_first_of(".[", 1), path.size());
      steps.push_back({json::escaped(path.substr(1, end - 1)), -1});
    } else if (path.size() > 2 && (path[1] == '\'' || path[1] == '"')) {
      size_t quote = path.find(path[1], 2);
      if (path[0] != '[' || quote == path.npos || quote + 1 >= path.size() || path[quote + 1] != ']')
        return false;
      steps.push_back({json::escaped(path.substr(2, quote - 2)), -1});
      end = quote + 2;
    } else {
      size_t close = path.find(']');
      if (path[0] != '[' || close == path.npos) return false;
      auto index = base::to_int(path.substr(1, close - 1));
      if (!index || *index < 0) return false;
      steps.push_back({{}, *index});
      end = close + 1;
    }
    path.remove_prefix(end);
  }
  return !steps.empty() && steps[0].index < 0;
}

void PartialArguments::add(json::Value pieces) {
  for (auto [_, piece] : pieces.items()) {
    std::vector<Step> path;
    if (!read_path(piece["jsonPath"].str(), path)) continue;
    auto found =
        std::find_if(leaves_.begin(), leaves_.end(), [&](const Leaf& leaf) { return leaf.path == path; });
    Leaf& leaf = found != leaves_.end() ? *found : leaves_.emplace_back();
    leaf.path = std::move(path);
    json::Value text = piece["stringValue"];
    leaf.quoted |= text.is_string();
    for (json::Value plain : {piece["numberValue"], piece["boolValue"]}) {
      if (plain && !leaf.quoted) leaf.value = plain.raw();
    }
    leaf.value += text.inner();
  }
}

void PartialArguments::append(const std::vector<const Leaf*>& leaves, size_t depth, std::string& out) const {
  bool array = leaves[0]->path[depth].index >= 0;
  std::vector<const Step*> seen;
  out += array ? '[' : '{';
  for (const Leaf* leaf : leaves) {
    const Step& step = leaf->path[depth];
    if (std::any_of(seen.begin(), seen.end(), [&](const Step* other) { return *other == step; })) continue;
    if (!seen.empty()) out += ',';
    seen.push_back(&step);
    if (!array) out.append("\"").append(step.name).append("\":");
    std::vector<const Leaf*> below;
    for (const Leaf* other : leaves) {
      if (other->path[depth] == step && other->path.size() > depth + 1) below.push_back(other);
    }
    if (!below.empty()) {
      append(below, depth + 1, out);
    } else if (leaf->quoted) {
      out.append("\"").append(leaf->value).append("\"");
    } else {
      out += leaf->value.empty() ? "null" : std::string_view(leaf->value);
    }
  }
  out += array ? ']' : '}';
}

void PartialArguments::append_object(std::string& out) const {
  std::vector<const Leaf*> leaves;
  leaves.reserve(leaves_.size());
  for (const Leaf& leaf : leaves_) leaves.push_back(&leaf);
  if (leaves.empty()) {
    out += "{}";
  } else {
    append(leaves, 0, out);
  }
}

}  // namespace protocol::gemini
