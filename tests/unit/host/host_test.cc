#include "host/host.h"

#include <gtest/gtest.h>

#include "base/task.h"
#include "script/core.h"

namespace {

base::Task<> wait_for(std::string& got, std::string key) {
  host::Completion completion = co_await host::get(1, key);
  got += completion.status == host::kOk ? std::string(completion.data) : "nothing";
}

TEST(Operation, CompletesOnce) {
  fake::World world;
  fake::LinkedCore core(world);
  world.storage["k"] = "v";
  std::string got;
  base::Task<> task = wait_for(got, "k");
  ASSERT_EQ(world.waiting().size(), 1u);
  uint32_t op = world.waiting()[0].op;
  world.settle();
  EXPECT_TRUE(task.done());
  EXPECT_EQ(got, "v");
  EXPECT_FALSE(host::Operation::complete(op, {host::kOk, "again"}));
  EXPECT_EQ(got, "v");
}

TEST(Operation, IsAbandonedWithItsCoroutine) {
  fake::World world;
  fake::LinkedCore core(world);
  std::string got;
  uint32_t op = 0;
  {
    base::Task<> task = wait_for(got, "k");
    op = world.waiting()[0].op;
  }
  EXPECT_FALSE(host::Operation::complete(op, {host::kOk, "late"}));
  EXPECT_EQ(got, "");
}

// The slot serves again, but a late completion of its former operation must not reach the new one.
TEST(Operation, AStaleIdDoesNotReachItsSuccessor) {
  fake::World world;
  fake::LinkedCore core(world);
  std::string first, second;
  uint32_t stale = 0;
  {
    base::Task<> task = wait_for(first, "a");
    stale = world.waiting()[0].op;
  }
  base::Task<> task = wait_for(second, "b");
  EXPECT_FALSE(host::Operation::complete(stale, {host::kOk, "late"}));
  EXPECT_EQ(second, "");
  EXPECT_TRUE(host::Operation::complete(world.waiting()[1].op, {host::kOk, "right"}));
  EXPECT_EQ(second, "right");
}

}  // namespace
