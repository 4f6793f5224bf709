// Changes members of a JSON object by splicing its text: everything that is not named keeps its bytes,
// unknown fields, number spellings and order included.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "json/document.h"

namespace json {

struct Edit {
  std::string_view key;    // a top-level member's name, unescaped
  std::string_view value;  // its new JSON text; empty removes the member
};

// Appends to `out` the text of `object` with `edits` applied: present members are replaced (every duplicate
// of them), absent ones appended at the end. `object` must be an object; `edits` must not name a key twice.
void edit(Value object, std::initializer_list<Edit> edits, std::string& out);

}  // namespace json
