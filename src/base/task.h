// Task<T>: an eager coroutine that owns its frame.
//
// It runs as soon as it is called, up to its first real suspension; `co_await` then waits for the rest.
// Eager, because most tasks finish without suspending and the caller then pays no scheduling, and because
// lazy tasks need guaranteed tail calls, which not every Wasm toolchain has.
//
// Ownership: the Task owns the coroutine frame. Destroying it destroys the frame and every awaitable in it,
// which is how an exchange is cancelled. Parameters of a coroutine must be values or references that outlive
// it (`Exchange&`); never a view of a caller's local.
#pragma once

#include <coroutine>
#include <cstdlib>
#include <optional>
#include <utility>

namespace base {

namespace detail {
struct PromiseBase {
  std::coroutine_handle<> awaiter;

  std::suspend_never initial_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { std::abort(); }

  struct Final {
    bool await_ready() noexcept { return false; }
    template <class P>
    void await_suspend(std::coroutine_handle<P> self) noexcept {
      // The awaiter may destroy this frame, so nothing here touches it after resume().
      if (auto awaiter = self.promise().awaiter) awaiter.resume();
    }
    void await_resume() noexcept {}
  };
  Final final_suspend() noexcept { return {}; }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;
  template <class U>
  void return_value(U&& v) {
    value.emplace(std::forward<U>(v));
  }
  T take() { return std::move(*value); }
};

template <>
struct Promise<void> : PromiseBase {
  void return_void() {}
  void take() {}
};
}  // namespace detail

template <class T = void>
class [[nodiscard]] Task {
 public:
  struct promise_type : detail::Promise<T> {
    Task get_return_object() { return Task(std::coroutine_handle<promise_type>::from_promise(*this)); }
  };

  Task() = default;
  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~Task() {
    if (frame_) frame_.destroy();
  }

  bool done() const { return !frame_ || frame_.done(); }

  bool await_ready() const noexcept { return frame_.done(); }
  void await_suspend(std::coroutine_handle<> awaiter) noexcept { frame_.promise().awaiter = awaiter; }
  T await_resume() { return frame_.promise().take(); }

 private:
  explicit Task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
  std::coroutine_handle<promise_type> frame_;
};

}  // namespace base
