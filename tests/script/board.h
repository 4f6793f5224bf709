// The Durable Object BOARD (js-shim/board.js) for tests on the fake host.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/text.h"
#include "script/world.h"

namespace fake {

struct Board {
  struct Entry {
    int64_t revision;
    std::string text;
  };
  std::map<std::string, Entry> entries;
  int64_t revision = 0;
  int reads = 0, posts = 0, writes = 0;
  bool fails = false;

  void attach(World& world) {
    world.objects["BOARD"] = [this](const std::string& name, const std::string& verb, std::string_view body) {
      if (fails) return Result{503, "the object is down"};
      if (name != "board") return Result{404};
      return verb == "read" ? read(body) : post(body);
    };
  }

  Result read(std::string_view body) {
    reads++;
    int64_t known = base::to_int(body).value_or(0);
    if (known == revision) return {304};
    std::string text = std::to_string(revision) + "\n";
    for (const auto& [key, entry] : entries) {
      if (known > revision || entry.revision > known) text += line(key, entry);
    }
    return {200, text};
  }

  Result post(std::string_view body) {
    posts++;
    std::string key(base::take_until(body, '\n'));
    int64_t seen = base::to_int(base::take_until(body, '\n')).value_or(0);
    auto before = entries.find(key);
    if (before != entries.end() && before->second.revision != seen) return {409, line(key, before->second)};
    if (before != entries.end() && before->second.text == body) return {200, std::to_string(seen)};
    writes++;
    entries[key] = {++revision, std::string(body)};
    return {200, std::to_string(revision)};
  }

  static std::string line(const std::string& key, const Entry& entry) {
    return std::to_string(entry.revision) + " " + key + " " + entry.text + "\n";
  }
};

}  // namespace fake
