// What a libc++ program needs at its edges, without WASI: allocation that traps when memory is exhausted, and
// last words that trap instead of printing. Only for Wasm; with it the module imports nothing but "host".
#ifdef __wasm__

#include <cstddef>
#include <cstdlib>
#include <new>

#if __has_include(<__verbose_abort>)
#include <__verbose_abort>
_LIBCPP_BEGIN_NAMESPACE_STD
[[noreturn]] void __libcpp_verbose_abort(const char*, ...) noexcept { __builtin_trap(); }
_LIBCPP_END_NAMESPACE_STD
#endif

#ifdef __EMSCRIPTEN__
// Its own abort() traps already. These two would be imports; the host looks at the memory itself, and nothing
// exits.
extern "C" void emscripten_notify_memory_growth(size_t) {}
extern "C" void __wasi_proc_exit(int) { __builtin_trap(); }
#else
extern "C" void abort() { __builtin_trap(); }
#endif
extern "C" void __cxa_pure_virtual() { __builtin_trap(); }
extern "C" void __abort_message(const char*, ...) { __builtin_trap(); }
// An instance is dropped, never wound up: statics need no destruction.
extern "C" int __cxa_atexit(void (*)(void*), void*, void*) { return 0; }

// nlohmann/json names it for a message about invalid UTF-8 that our error handler (replace) never asks for.
// Linking the real one would bring all of stdio, and with it imports from WASI.
extern "C" int snprintf(char*, size_t, const char*, ...) { __builtin_trap(); }

namespace {
void* take(size_t size) {
  void* memory = malloc(size ? size : 1);
  if (!memory) __builtin_trap();
  return memory;
}
}  // namespace

void* operator new(size_t size) { return take(size); }
void* operator new[](size_t size) { return take(size); }
void operator delete(void* memory) noexcept { free(memory); }
void operator delete[](void* memory) noexcept { free(memory); }
void operator delete(void* memory, size_t) noexcept { free(memory); }
void operator delete[](void* memory, size_t) noexcept { free(memory); }

#endif
