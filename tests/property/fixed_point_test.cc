// What a protocol writes it reads back as the same conversation: writing that once more changes nothing.
#include <gtest/gtest.h>

#include "golden/fixtures.h"

namespace {

TEST(FixedPoint, ReadWriteRead) {
  for (const golden::Upstream& upstream : golden::upstreams()) {
    const protocol::Protocol& protocol = *upstream.wire;
    if (!protocol.read) continue;
    for (const protocol::Protocol* surface : golden::surfaces()) {
      for (const golden::Section& fixture : golden::requests_of(*surface)) {
        std::string once = golden::translate_request(*surface, fixture.body, upstream);
        if (once.starts_with("refused:")) continue;
        EXPECT_EQ(golden::translate_request(protocol, once, upstream), once)
            << surface->name << ", " << fixture.name << " as " << upstream.name;
      }
    }
  }
}

}  // namespace
