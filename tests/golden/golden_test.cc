// Every request fixture for every upstream, every answer fixture for every surface, against the stored files.
// With ISTHMUS_UPDATE_GOLDEN set the files are written instead; the diff is then what is reviewed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "golden/fidelity.h"
#include "golden/fixtures.h"

namespace {

using golden::Section;

void compare(const std::string& name, const std::vector<Section>& got) {
  std::string file = ISTHMUS_TESTS "/golden/" + name + ".txt";
  if (std::getenv("ISTHMUS_UPDATE_GOLDEN")) {
    std::ofstream(file) << golden::to_text(got);
    return;
  }
  std::vector<Section> expected = golden::read_sections(file);
  ASSERT_EQ(expected.size(), got.size()) << name << ": run with ISTHMUS_UPDATE_GOLDEN=1 and look at the diff";
  for (size_t i = 0; i < got.size(); i++) {
    EXPECT_EQ(expected[i].name, got[i].name);
    std::string body = got[i].body;
    if (!body.ends_with('\n')) body += '\n';
    EXPECT_EQ(expected[i].body, body) << name << ", " << got[i].name;
  }
}

TEST(Golden, Requests) {
  for (const protocol::Protocol* surface : golden::surfaces()) {
    std::vector<Section> fixtures = golden::requests_of(*surface);
    EXPECT_FALSE(fixtures.empty()) << surface->name << " has no request fixtures";
    for (const golden::Upstream& upstream : golden::upstreams()) {
      std::vector<Section> got;
      for (const Section& fixture : fixtures)
        got.push_back({fixture.name, golden::translate_request(*surface, fixture.body, upstream)});
      compare("requests/" + std::string(surface->name) + "-" + upstream.name, got);
    }
  }
}

TEST(Golden, Answers) {
  for (const protocol::Protocol* wire : golden::wires()) {
    std::vector<Section> fixtures = golden::answers_of(*wire);
    EXPECT_FALSE(fixtures.empty()) << wire->name << " has no answer fixtures";
    for (const protocol::Protocol* surface : golden::surfaces()) {
      std::vector<Section> got;
      for (const Section& fixture : fixtures) {
        std::string_view chunks[] = {fixture.body};
        for (bool stream : {true, false}) {
          got.push_back({fixture.name + (stream ? " (stream)" : " (whole)"),
                         golden::translate_answer(*wire, chunks, *surface, stream)});
        }
      }
      compare("answers/" + std::string(wire->name) + "-" + std::string(surface->name), got);
    }
  }
}

// What becomes of each field, by pair: a change from "kept" to "dropped" shows in the diff of one small
// table.
TEST(Golden, Fidelity) {
  for (const protocol::Protocol* surface : golden::surfaces()) {
    compare("requests/" + std::string(surface->name) + "-fidelity", golden::fidelity_table(*surface));
  }
}

}  // namespace
