// Single flight inside an instance: one exchange does the work, the others wait for it.
#pragma once

#include <cstdint>
#include <vector>

#include "base/task.h"

namespace account {

class Flight {
 public:
  // Held by the one that does the work. Its end, a cancelled exchange's included, lets the others go on.
  class Lead {
   public:
    explicit Lead(Flight& flight) : flight_(flight) { flight_.busy_ = true; }
    ~Lead() { flight_.land(); }
    Lead(const Lead&) = delete;
    Lead& operator=(const Lead&) = delete;

   private:
    Flight& flight_;
  };

  bool busy() const { return busy_; }
  // Until the work has ended, in whatever way; false if 15 s have passed instead.
  base::Task<bool> wait(uint32_t req);

 private:
  void land();
  bool busy_ = false;
  std::vector<uint32_t> parked_;
};

}  // namespace account
