// Where in a client's body a value stands. It is spelled out only when something is wrong there, in the way
// of the client's protocol.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace protocol {

// A link to the place around it, which must outlive it: both live on the stack.
struct Place {
  static constexpr size_t kNone = size_t(-1);

  explicit Place(std::string_view member) : name(member) {}
  Place(const Place& around, std::string_view member) : parent(&around), name(member) {}
  Place(const Place& around, size_t element) : parent(&around), index(element) {}

  Place operator/(std::string_view member) const { return {*this, member}; }
  Place operator[](size_t element) const { return {*this, element}; }

  std::string dotted() const;     // Anthropic's way: "messages.3.content"
  std::string bracketed() const;  // OpenAI's: "messages[3].content"

  const Place* parent = nullptr;
  std::string_view name{};
  size_t index = kNone;
};

}  // namespace protocol
