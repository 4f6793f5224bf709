#include "json/writer.h"

#include <gtest/gtest.h>

namespace {

TEST(Writer, KnowsWhenACommaIsDue) {
  std::string out = "before ";
  json::Writer w(out);
  w.begin_object().key("a").begin_array().number(1).number(-2).begin_object().end_object().end_array();
  w.key("b").begin_object().key("c").null().end_object().key("d").boolean(true).end_object();
  EXPECT_EQ(out, R"(before {"a":[1,-2,{}],"b":{"c":null},"d":true})");
}

TEST(Writer, QuotesInThreeWays) {
  std::string out;
  json::Writer w(out);
  w.begin_array().string("a\"b").text(R"(a\"b)").raw(R"({"as":"it is"})").end_array();
  EXPECT_EQ(out, R"(["a\"b","a\"b",{"as":"it is"}])");
}

TEST(Writer, LeavesRoomForAValueByHand) {
  std::string out;
  json::Writer w(out);
  w.begin_array().number(1).comma();
  out += "[2]";
  w.number(3).end_array();
  EXPECT_EQ(out, "[1,[2],3]");
}

}  // namespace
