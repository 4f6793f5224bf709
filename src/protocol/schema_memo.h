// Cleaned schemas by the bytes they were made from: agents send the same tools with every request, and
// cleaning one costs more than the rest of the request.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "base/hash.h"
#include "json/simd.h"

namespace protocol {

// The key is the whole source, not a digest of it: one that nobody can forge would take as long to compute as
// the rest of a request with many tools.
class SchemaMemo {
 public:
  // What `clean` makes of `schema`, now or earlier. The view is valid until the next call.
  template <class Clean>
  std::string_view get(std::string_view schema, Clean clean) {
    auto found = cleaned_.find(schema);
    if (found != cleaned_.end()) return found->second;
    std::string result = clean(schema);
    size_t size = schema.size() + result.size();
    if (bytes_ + size > kMaxBytes) {
      cleaned_.clear();
      bytes_ = 0;
    }
    bytes_ += size;
    return cleaned_[std::string(schema)] = std::move(result);
  }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return size_t(base::hash_of_words(text)); }
  };
  // The library's own memcmp goes byte by byte.
  struct Equal {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const {
      return a.size() == b.size() && json::simd::equal(a.data(), b.data(), a.size());
    }
  };

  static constexpr size_t kMaxBytes = 2 << 20;
  std::unordered_map<std::string, std::string, Hash, Equal> cleaned_;
  size_t bytes_ = 0;
};

}  // namespace protocol
