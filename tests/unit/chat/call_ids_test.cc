#include "chat/call_ids.h"

#include <gtest/gtest.h>

namespace {

using Kind = chat::Block::Kind;

struct Conversation {
  base::Arena arena;
  chat::Request request;

  void add(Kind kind, chat::Text id) {
    request.begin(kind == Kind::tool_call ? chat::Role::assistant : chat::Role::user);
    request.add(kind).id = id;
  }
  // "call a, result a"
  std::string ids() {
    chat::keep_call_ids_apart(request, arena);
    std::string all;
    for (const chat::Block& block : request.blocks) {
      all.append(all.empty() ? "" : ", ").append(block.kind == Kind::tool_call ? "call " : "result ");
      all += block.id;
    }
    return all;
  }
};

TEST(CallIds, AnIdThatComesAgainIsAnotherOneWithItsResult) {
  Conversation said;
  for (const char* id : {"c", "c", "c_2"}) {
    said.add(Kind::tool_call, id);
    said.add(Kind::tool_result, id);
  }
  EXPECT_EQ(said.ids(), "call c, result c, call c_2, result c_2, call c_2_2, result c_2_2");
}

TEST(CallIds, OfOneTurnAreAnsweredInTheirOrder) {
  Conversation said;
  for (const char* id : {"", "", "b"}) said.add(Kind::tool_call, id);
  for (const char* id : {"b", "", "", ""}) said.add(Kind::tool_result, id);
  EXPECT_EQ(said.ids(), "call , call _2, call b, result b, result , result _2, result ");
}

}  // namespace
