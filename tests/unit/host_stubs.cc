// The host of the unit tests: a clock that stands still, bytes that are not random, and nothing else.
#include <cstdlib>
#include <cstring>

#include "host/abi.h"

extern "C" {
void host_fetch(uint32_t, uint32_t, const char*, uint32_t, uint32_t) { std::abort(); }
void host_head(uint32_t, uint32_t, uint32_t) { std::abort(); }
void host_read(uint32_t, uint32_t, uint32_t) { std::abort(); }
void host_close(uint32_t) {}
void host_get(uint32_t, uint32_t, const char*, uint32_t) { std::abort(); }
void host_put(uint32_t, uint32_t, const char*, uint32_t) { std::abort(); }
void host_erase(uint32_t, uint32_t, const char*, uint32_t) { std::abort(); }
void host_list(uint32_t, uint32_t, const char*, uint32_t) { std::abort(); }
void host_seal(uint32_t, uint32_t, const char*, uint32_t) { std::abort(); }
void host_unseal(uint32_t, uint32_t, const char*, uint32_t) { std::abort(); }
void host_sleep(uint32_t, uint32_t, uint32_t) { std::abort(); }
void host_park(uint32_t, uint32_t, uint32_t) { std::abort(); }
void host_wake(uint32_t) {}
double host_now() { return 1'800'000'000'000.0; }
void host_random(char* bytes, uint32_t size) { std::memset(bytes, 7, size); }
void host_answer(uint32_t, const char*, uint32_t) {}
void host_respond(uint32_t, const char*, uint32_t) {}
void host_write(uint32_t, const char*, uint32_t) {}
void host_finish(uint32_t) {}
void host_log(uint32_t, const char*, uint32_t) {}
}
