// Fields of Gemini's JSON. It is protobuf's JSON: every name may be spelled in camelCase or in snake_case,
// one object may stand where a list is meant, and numbers may come as strings. Problems are told in the
// words of Google's own API, which name fields in snake_case.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "chat/error.h"
#include "json/document.h"

namespace protocol::gemini {

using Problem = std::optional<chat::Error>;

// True if `key` spells the camelCase `name` either way.
bool names(json::Value key, std::string_view name);
// The member of `object` that `name` names; the last one wins. Missing if there is none.
json::Value member(json::Value object, std::string_view name);

// The elements of a list: of an array, or a lone object as its only element.
class Elements {
 public:
  explicit Elements(json::Value list) : list_(list) {}
  template <typename Visit>  // Problem visit(Value element, size_t index)
  Problem each(Visit visit) const {
    if (!list_.is_array()) return visit(list_, size_t(0));
    size_t index = 0;
    for (auto [_, element] : list_.items()) {
      if (auto problem = visit(element, index++)) return problem;
    }
    return std::nullopt;
  }

 private:
  json::Value list_;
};

// A number's text, or that of a string which holds one; empty for anything else.
std::string_view number_text(json::Value value);

// "Invalid value at 'generation_config.top_p' (TYPE_FLOAT), \"abc\""
chat::Error invalid_at(std::string_view field, std::string_view type, json::Value got);
// "* GenerateContentRequest.contents: <why>"
chat::Error bad_field(std::string_view field, std::string_view why);

}  // namespace protocol::gemini
