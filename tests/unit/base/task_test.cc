#include "base/task.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace {

// An operation that a test completes by hand.
struct Gate {
  std::coroutine_handle<> waiter;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle) { waiter = handle; }
  void await_resume() {}
  void open() { std::exchange(waiter, {}).resume(); }
};

// Notes when it is destroyed, as a local of a coroutine.
struct Trace {
  std::vector<std::string>* log;
  std::string name;
  ~Trace() { log->push_back(name); }
};

base::Task<int> at_once() { co_return 7; }
base::Task<int> after(Gate& gate, int value) {
  co_await gate;
  co_return value;
}
base::Task<int> sum(Gate& first, Gate& second) {
  int a = co_await after(first, 1);
  int b = co_await after(second, 2);
  co_return a + b + co_await at_once();
}

base::Task<> outer(std::vector<std::string>& log, Gate& gate, int depth) {
  Trace trace{&log, "frame " + std::to_string(depth)};
  if (depth == 0) {
    co_await gate;
  } else {
    co_await outer(log, gate, depth - 1);
  }
}

base::Task<std::unique_ptr<int>> move_only() { co_return std::make_unique<int>(3); }
base::Task<> take(int& to) { to = *co_await move_only(); }

TEST(Task, RunsAtOnceToItsFirstSuspension) {
  base::Task<int> task = at_once();
  EXPECT_TRUE(task.done());
  EXPECT_EQ(task.await_resume(), 7);
}

TEST(Task, ResumesWhoeverAwaitsIt) {
  Gate first, second;
  base::Task<int> task = sum(first, second);
  EXPECT_FALSE(task.done());
  first.open();
  EXPECT_FALSE(task.done());
  second.open();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.await_resume(), 10);
}

TEST(Task, MovesItsResult) {
  int value = 0;
  base::Task<> task = take(value);
  EXPECT_TRUE(task.done());
  EXPECT_EQ(value, 3);
}

TEST(Task, DestroysEveryFrameBelowIt) {
  std::vector<std::string> log;
  Gate gate;
  {
    base::Task<> task = outer(log, gate, 3);
    EXPECT_TRUE(log.empty());
  }
  EXPECT_EQ(log, (std::vector<std::string>{"frame 0", "frame 1", "frame 2", "frame 3"}));
}

TEST(Task, CanBeReplacedAndMoved) {
  std::vector<std::string> log;
  Gate gate, other;
  base::Task<> task = outer(log, gate, 0);
  base::Task<> moved = std::move(task);
  EXPECT_TRUE(task.done());
  EXPECT_FALSE(moved.done());
  moved = outer(log, other, 0);
  other.open();
  EXPECT_TRUE(moved.done());
}

TEST(Task, AChainMayBeLong) {
  std::vector<std::string> log;
  Gate gate;
  base::Task<> task = outer(log, gate, 2000);
  gate.open();
  EXPECT_TRUE(task.done());
  EXPECT_EQ(log.size(), 2001u);
}

}  // namespace
