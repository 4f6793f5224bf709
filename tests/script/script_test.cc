// Every conversation in cases/ is a test, and every point at which a client could leave is another.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "script/leaks.h"
#include "script/runner.h"

namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class Conversation : public testing::Test {
 public:
  explicit Conversation(std::filesystem::path file) : file_(std::move(file)) {}

  void TestBody() override {
    std::vector<script::Step> steps = script::parse(read_file(file_));
    ASSERT_FALSE(steps.empty()) << file_;
    uint64_t points = 0;
    {
      script::Runner runner;
      ASSERT_EQ(runner.play(steps), "") << file_.filename();
      points = runner.completions();
    }
    for (uint64_t point = 1; point <= points; point++) {
      script::Runner runner({.leave_before = point});
      ASSERT_EQ(runner.play(steps), "") << file_.filename() << ", a client leaves at point " << point;
    }
    EXPECT_FALSE(fake::leaks()) << file_.filename();
  }

 private:
  std::filesystem::path file_;
};

const bool registered = [] {
  for (const auto& entry : std::filesystem::directory_iterator(ISTHMUS_TESTS "/script/cases")) {
    if (entry.path().extension() != ".script") continue;
    testing::RegisterTest("Conversation", entry.path().stem().c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [path = entry.path()]() -> testing::Test* { return new Conversation(path); });
  }
  return true;
}();

}  // namespace
