// The outside world as awaitables. Wasm imports in production, a script in tests; see abi.h for what each one
// means.
#pragma once

#include <coroutine>
#include <cstdint>
#include <string>
#include <string_view>

#include "host/abi.h"

namespace host {

struct Completion {
  uint32_t status = 0;
  std::string_view data;  // valid until the exchange's next suspension
};

// An operation in flight, to be awaited once. Destroying it (with the coroutine that awaits it) abandons the
// operation: a late completion then finds a stale id and does nothing.
class Operation {
 public:
  using Start = void (*)(uint32_t req, uint32_t op, std::string_view text, uint32_t number);
  // `spent`, if not null, is emptied once the operation has started.
  Operation(uint32_t req, Start start, std::string_view text, uint32_t number = 0,
            std::string* spent = nullptr)
      : req_(req), start_(start), text_(text), number_(number), spent_(spent) {}
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  ~Operation();

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter);
  Completion await_resume() const { return completion_; }

  // The host's side: resumes whoever waits for `op`. False if nobody does any more.
  static bool complete(uint32_t op, Completion completion);

 private:
  uint32_t req_, op_ = 0;
  Start start_;
  std::string_view text_;  // must live until the operation has started
  uint32_t number_;
  std::string* spent_;
  std::coroutine_handle<> waiter_;
  Completion completion_;
};

// Empties `message`: the host has its own copy by the time that the wait begins, and the next request finds
// the memory while it is still in the caches.
Operation fetch(uint32_t req, std::string& message, uint32_t ms);
Operation head(uint32_t req, uint32_t ms);
// What comes as soon as it comes, or, with `all`, 64 KiB at a time, or what is left.
Operation read(uint32_t req, uint32_t ms, bool all = false);
void close(uint32_t req);

Operation get(uint32_t req, std::string_view key);
Operation put(uint32_t req, std::string_view message);
Operation erase(uint32_t req, std::string_view key);
Operation list(uint32_t req, std::string_view prefix);
Operation ask(uint32_t req, std::string_view message);
Operation seal(uint32_t req, std::string_view plain);
Operation unseal(uint32_t req, std::string_view sealed);

// While one of these lives, the exchange goes on even if its client leaves: what has been begun with an
// upstream (the trading of a refresh token, say) must come to its end, or its outcome is lost.
class Hold {
 public:
  explicit Hold(uint32_t req);
  ~Hold();
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

  // Of the exchange; null if it has none.
  static Hold* of(uint32_t req);
  // The client of the exchange has left.
  void leave() { left_ = true; }

  struct Ending {
    bool left;
    bool await_ready() const noexcept { return !left; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    void await_resume() const noexcept {}
  };
  // Ends it, to be awaited: if the client has left meanwhile, the coroutine goes no further, and its exchange
  // is given up as soon as the host has the word again.
  Ending end();

 private:
  uint32_t req_;
  bool left_ = false;
};

Operation sleep(uint32_t req, uint32_t ms);
// Waits to be woken. `op` receives the id that wake() takes, before the coroutine suspends.
class Park {
 public:
  Park(uint32_t req, uint32_t ms, uint32_t* op) : operation_(req, start, {}, ms), op_(op) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter);
  Completion await_resume() const { return operation_.await_resume(); }

 private:
  static void start(uint32_t req, uint32_t op, std::string_view, uint32_t ms);
  Operation operation_;
  uint32_t* op_;
  static uint32_t* receiver_;
};
void wake(uint32_t op);

void answer(uint32_t req, std::string_view message);
void respond(uint32_t req, std::string_view head);
void write(uint32_t req, std::string_view bytes);
void finish(uint32_t req);

int64_t now_ms();
// `size` random bytes from the host's CSPRNG.
std::string random(uint32_t size);
enum class Level : uint32_t { info, warning, error };
void log(Level level, std::string_view line);

}  // namespace host
