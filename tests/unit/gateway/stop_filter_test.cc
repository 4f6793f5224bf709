#include "gateway/stop_filter.h"

#include <gtest/gtest.h>

#include "json/escape.h"

namespace {

using Type = chat::Event::Type;

// What reached the client, one line per event but for neighbouring texts, which are joined.
class Transcript final : public chat::Sink {
 public:
  void event(const chat::Event& event) override {
    if (event.type == Type::text) {
      texts += event.text;
      return;
    }
    std::string what = event.type == Type::finish      ? "finish" + std::to_string(int(event.finish))
                       : event.type == Type::tool_call ? "call"
                                                       : "other";
    lines += json::unescaped(texts) + "|" + what + "|" + json::unescaped(event.text) + "\n";
    texts.clear();
  }
  void usage(const chat::Usage&) override {}
  void end() override { lines += "end\n"; }
  void fail(const chat::Error& error) override {
    lines += json::unescaped(texts) + "|fail " + error.message + "\n";
  }
  std::string texts, lines;
};

// Escaped text in two or more pieces, none cut within an escape.
std::vector<std::string> pieces(std::string_view escaped, size_t size) {
  std::vector<std::string> out(1);
  for (size_t i = 0; i < escaped.size();) {
    size_t step = escaped[i] != '\\' ? 1 : escaped[i + 1] == 'u' ? 6 : 2;
    while (i + step < escaped.size() && (escaped[i + step] & 0xC0) == 0x80) step++;  // whole characters
    if (out.back().size() >= size) out.emplace_back();
    out.back() += escaped.substr(i, step);
    i += step;
  }
  return out;
}

std::string filtered(std::string_view said, std::initializer_list<std::string_view> stops, size_t size) {
  chat::Request request;
  request.stop.assign(stops.begin(), stops.end());
  Transcript to;
  gateway::StopFilter filter(request, to);
  for (const std::string& piece : pieces(said, size)) filter.event({.type = Type::text, .text = piece});
  filter.event({.type = Type::finish, .finish = chat::Finish::length});
  return to.lines;
}

TEST(StopFilter, EndsAtASequenceHoweverTheTextIsCut) {
  struct Case {
    std::string_view said;
    std::initializer_list<std::string_view> stops;
    std::string_view lines;
  };
  // finish0 is stop, finish1 is length.
  const Case kCases[] = {
      {"one two three", {"two"}, "one |finish0|two\n"},
      {"one two three", {"four", "three"}, "one two |finish0|three\n"},
      {"one two three", {"threee", ""}, "one two three|finish1|\n"},
      {"aaab", {"aab"}, "a|finish0|aab\n"},
      {"abcabd", {"abd"}, "abc|finish0|abd\n"},
      {"xabc", {"abc", "b"}, "xa|finish0|b\n"},
      {"xabc", {"c", "abc", "bc"}, "x|finish0|abc\n"},
      {R"(a\n\nb)", {R"(\n\n)"}, "a|finish0|\n\n\n"},
      {R"(a\u000ab)", {R"(\n)"}, "a|finish0|\n\n"},
      {R"(say \"no\" \\ok)", {R"(\\o)"}, "say \"no\" |finish0|\\o\n"},
      {R"(Gr\u00fc\u00dfe)", {"ß"}, "Grü|finish0|ß\n"},
      {R"(a \ud83d\ude00 b)", {"😀"}, "a |finish0|😀\n"},
      {R"(a \ud83d\ude00 b)", {R"(\ud83d\ude01)"}, "a 😀 b|finish1|\n"},
  };
  for (const Case& each : kCases) {
    for (size_t size : {1, 2, 3, 5, 100}) {
      EXPECT_EQ(filtered(each.said, each.stops, size), each.lines) << each.said << " by " << size;
    }
  }
}

TEST(StopFilter, HoldsBackNoMoreThanMayBeginASequence) {
  chat::Request request;
  request.stop = {"###"};
  Transcript to;
  gateway::StopFilter filter(request, to);
  filter.event({.type = Type::text, .text = "one #"});
  EXPECT_EQ(to.texts, "one ");
  filter.event({.type = Type::text, .text = "#"});
  EXPECT_EQ(to.texts, "one ");
  filter.event({.type = Type::text, .text = "x"});
  EXPECT_EQ(to.texts, "one ##x");
  filter.event({.type = Type::text, .text = "#"});
  filter.fail({.message = "broke"});
  EXPECT_EQ(to.lines, "one ##x#|fail broke\n");
}

TEST(StopFilter, WatchesTextAloneAndEachChoiceByItself) {
  chat::Request request;
  request.stop = {"END"};
  request.n = "2";
  Transcript to;
  gateway::StopFilter filter(request, to);
  filter.event({.type = Type::thinking, .text = "END"});
  filter.event({.type = Type::text, .text = "aEN"});
  filter.event({.type = Type::tool_call});
  filter.event({.type = Type::text, .text = "D bEND"});
  EXPECT_FALSE(filter.met());
  filter.event({.type = Type::text, .text = "unheard"});
  filter.event({.type = Type::text, .choice = 1, .text = "cEND"});
  EXPECT_TRUE(filter.met());
  filter.fail({.message = "too late"});
  filter.end();
  // A call must be answered, whatever was said after it.
  EXPECT_EQ(to.lines, "|other|END\naEN|call|\nD b|finish2|\nc|finish0|END\nend\n");
  EXPECT_GT(filter.passed_tokens(), 0);
}

TEST(StopFilter, WithoutSequencesChangesNothing) {
  EXPECT_EQ(filtered(R"(a \ud83d)", {}, 1), filtered(R"(a \ud83d)", {""}, 1));
}

}  // namespace
