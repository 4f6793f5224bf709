#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "http/event_stream.h"
#include "json/escape.h"
#include "protocol/protocol.h"

namespace {

using chat::Event;
using Type = Event::Type;

std::string read_file(const std::string& name) {
  std::ifstream file(std::string(ISTHMUS_TESTS) + "/fixtures/kiro-frames/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What an answer adds up to.
struct Sum final : chat::Sink {
  struct Call {
    std::string id, name, arguments;
    bool ended = false;
  };
  std::string text, thinking, signature, redacted, failure;
  std::map<int, Call> calls;
  chat::Finish finish{};
  chat::Usage tokens;
  int finishes = 0, ends = 0, fails = 0;

  void event(const Event& event) override {
    EXPECT_EQ(ends + fails, 0);
    switch (event.type) {
      case Type::text: text += event.text; break;
      case Type::thinking: thinking += event.text; break;
      case Type::signature: signature += event.signature.text; break;
      case Type::redacted_thinking: redacted += event.signature.text; break;
      case Type::tool_call:
        calls[event.index] = {std::string(event.id), std::string(event.name), "", false};
        break;
      case Type::tool_arguments: {
        // A fragment may be cut inside an escape of the arguments: unescaped only when all are there.
        std::string& to = calls[event.index].arguments;
        event.arguments.encoded ? void(to += event.arguments.text) : json::escape(event.arguments.text, to);
        break;
      }
      case Type::tool_end: calls[event.index].ended = true; break;
      case Type::finish:
        finish = event.finish;
        finishes++;
        break;
      default: break;
    }
  }
  void usage(const chat::Usage& usage) override { tokens = usage; }
  void end() override { ends++; }
  void fail(const chat::Error& error) override {
    fails++;
    failure = error.message;
  }
};

Sum decode(const std::string& bytes, const protocol::Target& target = {}, const chat::Request& request = {}) {
  Sum sum;
  auto decoder = protocol::kCodewhisperer.decoder();
  decoder->begin(request, target);
  http::EventStreamDecoder frames(1 << 20);
  frames.feed(bytes);
  http::EventStreamDecoder::Step step;
  bool more = true;
  while (more && (step = frames.next()) == http::EventStreamDecoder::Step::event) {
    more = decoder->event(frames.name(), frames.data(), sum);
  }
  frames.close();
  bool broken = more && frames.next() != http::EventStreamDecoder::Step::more;
  decoder->close(broken, sum);
  EXPECT_EQ(sum.ends + sum.fails, 1);
  EXPECT_EQ(sum.finishes, sum.ends);
  sum.text = json::unescaped(sum.text);
  sum.thinking = json::unescaped(sum.thinking);
  for (auto& [_, call] : sum.calls) call.arguments = json::unescaped(call.arguments);
  return sum;
}

// The text of a JSON value without insignificant white space.
std::string compact(json::Value value) {
  std::string out;
  bool quoted = false;
  for (char c : value.raw()) {
    if (c == '"') quoted = !quoted;
    if (quoted || (c != ' ' && c != '\n')) out += c;
  }
  return out;
}

void check_calls(const Sum& sum, json::Value tools) {
  size_t index = 0;
  for (auto [_, tool] : tools.items()) {
    const Sum::Call& call = sum.calls.at(int(index++));
    EXPECT_EQ(call.id, tool["id"].str());
    EXPECT_EQ(call.name, tool["name"].str());
    if (tool["incomplete"]) {
      EXPECT_EQ(call.arguments, tool["incomplete"].str());
      EXPECT_FALSE(call.ended);
      continue;
    }
    EXPECT_TRUE(call.ended);
    json::Document arguments;
    std::string text = call.arguments.empty() ? "{}" : call.arguments;
    ASSERT_EQ(arguments.parse(text), json::Error::none) << text;
    for (auto [key, value] : tool["input"].items()) {
      json::Value got = arguments.root()[key.str()];
      EXPECT_EQ(value.is_string() ? got.str() : compact(got),
                value.is_string() ? value.str() : compact(value));
    }
  }
  EXPECT_EQ(sum.calls.size(), index);
}

TEST(CodewhispererDecode, EveryFixtureMeansWhatItsManifestSays) {
  std::string manifest = read_file("manifest.json");
  json::Document document;
  ASSERT_EQ(document.parse(manifest), json::Error::none);
  for (auto [name, entry] : document.root().items()) {
    json::Value expect = entry["expect"];
    if (!expect) continue;
    SCOPED_TRACE(name.str());
    protocol::Target target;
    chat::Request request;
    if (name.str().starts_with("04")) {
      target.thinking = "tags";
      request.thinking.effort = chat::Thinking::Effort::high;
      request.begin(chat::Role::user);
      request.add(chat::Block::Kind::text).body = "hello";
    }
    Sum sum = decode(read_file(name.str()), target, request);
    EXPECT_EQ(sum.text, expect["text"].str());
    EXPECT_EQ(sum.thinking, expect["thinking"].str());
    EXPECT_EQ(sum.signature, expect["signature"].str());
    EXPECT_EQ(sum.redacted, expect["redacted"].str());
    check_calls(sum, expect["tools"]);
    bool cut = expect["truncated"] || expect["stop_anthropic"];
    if (cut) {
      EXPECT_EQ(sum.finish, chat::Finish::length);
    } else if (json::Value fault = expect["exception"] ? expect["exception"] : expect["error"]) {
      EXPECT_EQ(sum.fails, 1);
      EXPECT_NE(sum.failure.find(fault["message"].str()), std::string::npos) << sum.failure;
    } else {
      EXPECT_EQ(sum.ends, 1);
    }
    if (json::Value usage = expect["usage"]) {
      EXPECT_EQ(sum.tokens.input, usage["input"].to_int());
      EXPECT_EQ(sum.tokens.output, usage["output"].to_int());
      EXPECT_EQ(sum.tokens.cached, usage["cache_read"].to_int());
      EXPECT_EQ(sum.tokens.cache_write, usage["cache_write"].to_int());
    }
  }
}

TEST(CodewhispererDecode, UsageFromThePercentageOfTheContext) {
  protocol::Target target;
  target.max_input = 200'000;
  Sum sum = decode(read_file("01-text.bin"), target);
  EXPECT_EQ(sum.tokens.input + sum.tokens.output, 200'000 * 1086 / 10'000);
  EXPECT_GT(sum.tokens.output, 0);
}

TEST(CodewhispererDecode, ACutStreamFails) {
  EXPECT_EQ(decode(read_file("92-cut-mid-frame.bin")).fails, 1);
  EXPECT_EQ(decode(read_file("90-bad-message-crc.bin")).fails, 1);
}

}  // namespace
