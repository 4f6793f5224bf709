// Where in a body a value stands, as a chain on the stack: it becomes text, "messages[3].content", only when
// something is wrong there.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace protocol {

class Path {
 public:
  explicit Path(std::string_view name) : name_(name) {}
  // A member, and an element. `this` must outlive the path returned.
  Path operator/(std::string_view member) const { return {*this, member, kNone}; }
  Path operator[](size_t index) const { return {*this, {}, index}; }
  std::string text() const;

 private:
  static constexpr size_t kNone = size_t(-1);
  Path(const Path& outer, std::string_view name, size_t index) : outer_(&outer), name_(name), index_(index) {}
  const Path* outer_ = nullptr;
  std::string_view name_;
  size_t index_ = kNone;
};

}  // namespace protocol
