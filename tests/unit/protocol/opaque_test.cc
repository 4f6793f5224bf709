#include "protocol/opaque.h"

#include <gtest/gtest.h>

namespace {

using chat::Origin;

TEST(Opaque, ItsOwnPassesUntouched) {
  std::string out;
  protocol::append_opaque({"c2ln", Origin::anthropic, "0123abcd"}, Origin::anthropic, out);
  EXPECT_EQ(out, "c2ln");
  bool packed = false;
  chat::Signature back = protocol::read_opaque(out, Origin::anthropic, packed);
  EXPECT_FALSE(packed);
  EXPECT_EQ(back.text, "c2ln");
  EXPECT_EQ(back.origin, Origin::anthropic);
  EXPECT_TRUE(back.home.empty());
}

TEST(Opaque, AForeignOneFindsItsWayHome) {
  std::string out;
  protocol::append_opaque({"c2lnbg==", Origin::gemini, "0123abcd"}, Origin::anthropic, out);
  EXPECT_EQ(out.size() % 4, 0u);
  bool packed = false;
  chat::Signature back = protocol::read_opaque(out, Origin::anthropic, packed);
  EXPECT_TRUE(packed);
  EXPECT_EQ(back.text, "c2lnbg==");
  EXPECT_EQ(back.origin, Origin::gemini);
  EXPECT_EQ(back.home, "0123abcd");
}

TEST(Opaque, AWrapperOfNonsenseIsNobodys) {
  bool packed = false;
  EXPECT_TRUE(protocol::read_opaque("ISTHMUS1zAAA00000000blob", Origin::anthropic, packed).text.empty());
  EXPECT_TRUE(packed);
}

}  // namespace
