// What a protocol writes it reads back as the same conversation: writing that once more changes nothing.
#include <gtest/gtest.h>

#include "golden/fixtures.h"

namespace {

// What leaves nothing of itself behind, not even that a turn was there, cannot be read back.
bool leaves_no_trace(std::string_view fixture) { return fixture == "input[] compaction foreign"; }

TEST(FixedPoint, ReadWriteRead) {
  for (const golden::Upstream& upstream : golden::upstreams()) {
    const protocol::Protocol& protocol = *upstream.wire;
    if (!protocol.read) continue;
    for (const protocol::Protocol* surface : golden::surfaces()) {
      for (const golden::Section& fixture : golden::requests_of(*surface)) {
        if (leaves_no_trace(fixture.name)) continue;
        std::string once = golden::translate_request(*surface, fixture.body, upstream);
        if (once.starts_with("refused:")) continue;
        EXPECT_EQ(golden::translate_request(protocol, once, upstream), once)
            << surface->name << ", " << fixture.name << " as " << upstream.name;
      }
    }
  }
}

}  // namespace
