// Did the test leak memory? Only a sanitizer knows; without one the answer is no.
#pragma once

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/lsan_interface.h>
#define ISTHMUS_FINDS_LEAKS
#endif
#endif

namespace fake {
inline bool leaks() {
#ifdef ISTHMUS_FINDS_LEAKS
  return __lsan_do_recoverable_leak_check() != 0;
#else
  return false;
#endif
}
}  // namespace fake
