// A function call whose arguments arrive in pieces: each piece names a place by its JSON path and begins,
// goes on with or completes the value there. Only what is whole is of use to anybody else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/document.h"

namespace protocol::gemini {

class PartialArguments {
 public:
  void clear() { leaves_.clear(); }
  // Takes the elements of `partialArgs`.
  void add(json::Value pieces);
  // Appends the object that the pieces add up to; places that no path can mean are left out.
  void append_object(std::string& out) const;

 private:
  struct Step {
    std::string name;    // escaped; of a member
    int64_t index = -1;  // of an element
    bool operator==(const Step&) const = default;
  };
  struct Leaf {
    std::vector<Step> path;
    std::string value;  // JSON text; of a string without its quotes
    bool quoted = false;
  };

  static bool read_path(std::string_view path, std::vector<Step>& steps);
  void append(const std::vector<const Leaf*>& leaves, size_t depth, std::string& out) const;

  std::vector<Leaf> leaves_;
};

}  // namespace protocol::gemini
