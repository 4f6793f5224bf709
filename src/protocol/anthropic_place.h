// Where in a client's body a value stands, and what is wrong with it, in Anthropic's own spelling
// ("messages.1.content.0.text.text: Field required"): clients adapt to errors that name a field.
#pragma once

#include <string>
#include <string_view>

#include "chat/error.h"

namespace protocol::anthropic {

// A link to the place around it. Lives on the stack and is spelled out only when something is wrong, so the
// parent must outlive it.
struct Place {
  static constexpr size_t kNone = size_t(-1);

  explicit Place(std::string_view member) : name(member) {}
  Place(const Place& around, std::string_view member) : parent(&around), name(member) {}
  Place(const Place& around, size_t element) : parent(&around), index(element) {}

  std::string text() const;

  const Place* parent = nullptr;
  std::string_view name{};
  size_t index = kNone;
};

// "<place>: <what>", a 400.
chat::Error refused(const Place& place, std::string_view what);
// "<place>: Field required"
chat::Error required(const Place& place);
// "<place>: Input should be <what>", or required() if there is no value at all.
chat::Error expected(const Place& place, bool present, std::string_view what);

}  // namespace protocol::anthropic
