#include "chat/in_order.h"

#include <gtest/gtest.h>

#include <string>

namespace {

using chat::Event;
using Type = Event::Type;

// Writes down what arrives: "call 0", "args 0 x", "end 0", "text x", "finish".
struct Log final : chat::Sink {
  std::string lines;
  void event(const Event& event) override {
    switch (event.type) {
      case Type::tool_call: lines += "call " + std::to_string(event.index); break;
      case Type::tool_arguments:
        lines += "args " + std::to_string(event.index) + " " + std::string(event.arguments.text);
        break;
      case Type::tool_end: lines += "end " + std::to_string(event.index); break;
      case Type::finish: lines += "finish"; break;
      default: lines += "text " + std::string(event.text);
    }
    lines += "\n";
  }
  void usage(const chat::Usage&) override {}
  void end() override { lines += "over\n"; }
  void fail(const chat::Error&) override {}
};

Event call(uint16_t index) { return {.type = Type::tool_call, .index = index}; }
Event end(uint16_t index) { return {.type = Type::tool_end, .index = index}; }
Event arguments(uint16_t index, std::string_view text) {
  return {.type = Type::tool_arguments, .index = index, .arguments = {text, true}};
}
Event text(std::string_view text) { return {.type = Type::text, .text = text}; }

TEST(InOrder, InterleavedCallsComeOneAfterTheOther) {
  Log log;
  chat::InOrder order(log);
  order.event(call(0));
  order.event(call(1));
  {
    std::string gone = "b1";  // held events must not point to what has gone
    order.event(arguments(1, gone));
    gone = "XX";
  }
  order.event(arguments(0, "a1"));
  order.event(arguments(1, "b2"));
  order.event(arguments(0, "a2"));
  order.event({.type = Type::finish});
  order.end();
  EXPECT_EQ(log.lines, "call 0\nargs 0 a1\nargs 0 a2\ncall 1\nargs 1 b1\nargs 1 b2\nfinish\nover\n");
}

TEST(InOrder, AnEndLetsTheNextCallStream) {
  Log log;
  chat::InOrder order(log);
  order.event(call(0));
  order.event(call(1));
  order.event(text("after"));
  order.event(end(0));
  EXPECT_EQ(log.lines, "call 0\nend 0\ncall 1\n");
  order.event(arguments(1, "b"));
  EXPECT_EQ(log.lines, "call 0\nend 0\ncall 1\nargs 1 b\n");
  order.event(end(1));
  EXPECT_EQ(log.lines, "call 0\nend 0\ncall 1\nargs 1 b\nend 1\ntext after\n");
}

}  // namespace
