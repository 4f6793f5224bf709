// However an upstream's bytes are cut into chunks, the client gets the same.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "golden/fixtures.h"
#include "script/instance.h"

namespace {

using golden::Section;
using Chunks = std::vector<std::string_view>;

Chunks cut_at(std::string_view text, size_t at) { return {text.substr(0, at), text.substr(at)}; }
Chunks bytes_of(std::string_view text) {
  Chunks chunks;
  for (size_t i = 0; i < text.size(); i++) chunks.push_back(text.substr(i, 1));
  return chunks;
}

std::string with_carriage_returns(std::string_view text) {
  std::string out;
  for (char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return out;
}

TEST(Split, DecodersSayTheSame) {
  for (const protocol::Protocol* wire : golden::wires()) {
    for (const Section& fixture : golden::answers_of(*wire)) {
      const std::string whole = golden::decode_answer(*wire, Chunks{fixture.body});
      for (const std::string& text : {fixture.body, with_carriage_returns(fixture.body)}) {
        EXPECT_EQ(golden::decode_answer(*wire, bytes_of(text)), whole) << wire->name << ", " << fixture.name;
        for (size_t at = 0; at <= text.size(); at++) {
          ASSERT_EQ(golden::decode_answer(*wire, cut_at(text, at)), whole)
              << wire->name << ", " << fixture.name << ", cut at " << at;
        }
      }
    }
  }
}

// A way through the whole core: an account, a client's request, and the wire that its upstream speaks.
struct Route {
  std::string_view account, path, body;
  const protocol::Protocol* wire;
};
const Route kRoutes[] = {
    {R"([{"id":"g1","provider":"gemini","api_key":"k"}])", "/v1/chat/completions",
     R"({"model":"gemini-2.5-flash","stream":true,"messages":[{"role":"user","content":"Hi"}]})",
     &protocol::kGemini},
    {R"([{"id":"g1","provider":"gemini","api_key":"k"}])", "/v1/chat/completions",
     R"({"model":"gemini-2.5-flash","messages":[{"role":"user","content":"Hi"}]})", &protocol::kGemini},
    {R"([{"id":"o1","provider":"openai","api_key":"k"}])", "/v1/chat/completions",
     R"({"model":"any","stream":true,"messages":[{"role":"user","content":"Hi"}]})", &protocol::kOpenaiChat},
};

class WholeCore {
 public:
  explicit WholeCore(const Route& route)
      : instance_(world_,
                  {{"API_KEY", "sesame"}, {"ATTEMPTS", "1"}, {"ACCOUNTS", std::string(route.account)}}),
        message_("POST " + std::string(route.path) + "\nauthorization: Bearer sesame\n\n" +
                 std::string(route.body)) {}

  std::string relay(const Chunks& chunks) {
    world_.exchanges.clear();
    world_.reseed(7);  // the same ids in every answer
    world_.on_fetch = [&](fake::Exchange&, fake::Fetch& fetch) {
      fetch.answer(200, "content-type: text/event-stream\n");
      for (std::string_view chunk : chunks) {
        if (!chunk.empty()) fetch.chunk(chunk);
      }
      fetch.finish();
    };
    fake::Exchange& client = instance_.send("a", message_);
    world_.settle();
    EXPECT_TRUE(client.over());
    EXPECT_EQ(instance_.live(), 0u);
    EXPECT_EQ(world_.violations, std::vector<std::string>{});
    // A transient failure must not rest the account for the next round.
    world_.now_ms += 60'000;
    std::string created = "\"created\":" + std::to_string((world_.now_ms - 60'000) / 1000);
    std::string got = client.head.substr(0, 4) + client.body;
    for (size_t at; (at = got.find(created)) != got.npos;) got.replace(at, created.size(), "\"created\":now");
    return got;
  }

 private:
  fake::World world_;
  fake::Instance instance_;
  std::string message_;
};

TEST(Split, TheWholeCoreRelaysTheSame) {
  for (const Route& route : kRoutes) {
    WholeCore core(route);
    for (const Section& fixture : golden::answers_of(*route.wire)) {
      const std::string whole = core.relay({fixture.body});
      EXPECT_EQ(core.relay(bytes_of(fixture.body)), whole) << fixture.name;
      for (size_t at = 0; at <= fixture.body.size(); at++) {
        ASSERT_EQ(core.relay(cut_at(fixture.body, at)), whole)
            << route.wire->name << ", " << fixture.name << ", cut at " << at;
      }
    }
  }
}

}  // namespace
