// Cleaned schemas by the bytes they were made from: agents send the same tools with every request, and
// cleaning one costs more than the rest of the request.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/sha256.h"

namespace protocol {

class SchemaMemo {
 public:
  // What `clean` makes of `schema`, now or earlier. The view is valid until the next call.
  template <class Clean>
  std::string_view get(std::string_view schema, Clean clean) {
    std::string digest = base::sha256(schema);  // the sources need not be kept
    auto found = cleaned_.find(digest);
    if (found != cleaned_.end()) return found->second;
    if (cleaned_.size() >= kMax) cleaned_.clear();
    return cleaned_[digest] = clean(schema);
  }

 private:
  static constexpr size_t kMax = 256;
  std::map<std::string, std::string> cleaned_;
};

}  // namespace protocol
