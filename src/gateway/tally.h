// Counts one generation, whatever becomes of it.
#pragma once

#include "gateway/generation.h"

namespace gateway {

// Lives beside the generation, in the frame that is destroyed when the client leaves: a request that nobody
// waited for is counted as well, with what is known by then.
class Tally {
 public:
  explicit Tally(const Generation& generation);
  ~Tally();
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;

  // The generation came to its end.
  void close() { closed_ = true; }

 private:
  const Generation& generation_;
  int64_t began_ms_;
  bool closed_ = false;
};

}  // namespace gateway
