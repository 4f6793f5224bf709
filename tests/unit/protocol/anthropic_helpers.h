// What the tests of Anthropic Messages share.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chat/in_order.h"
#include "protocol/protocol.h"

namespace anthropic_test {

// A request read from a client's body. Owns everything that the request's views point to.
struct Read {
  std::string body;
  json::Document document;
  base::Arena arena;
  chat::Request request;
  std::optional<chat::Error> error;
};

inline std::unique_ptr<Read> read(const protocol::Protocol& surface, std::string_view body) {
  auto out = std::make_unique<Read>();
  out->body = body;
  EXPECT_EQ(out->document.parse(out->body), json::Error::none) << body;
  out->error = surface.read(out->document.root(), out->arena, out->request);
  return out;
}

// The request that an upstream of `wire` gets; an error as "error: message".
inline std::string translate(const protocol::Protocol& surface, const protocol::Protocol& wire,
                             std::string_view body, const protocol::Target& target) {
  auto in = read(surface, body);
  if (in->error) return "error: " + in->error->message;
  std::string out;
  if (auto error = wire.write(in->request, target, out)) return "error: " + error->message;
  json::Document check;
  EXPECT_EQ(check.parse(out), json::Error::none) << out;
  return out;
}

inline protocol::Target target_of(std::string_view thinking = {}) {
  protocol::Target target;
  target.model = "claude";
  target.thinking = thinking;
  target.home = "0123abcd";
  return target;
}

// A sink that writes everything down, one line each.
class Notes final : public chat::Sink {
 public:
  void event(const chat::Event& event) override {
    using Type = chat::Event::Type;
    static constexpr std::string_view kNames[] = {"text",    "thinking", "signature", "redacted",
                                                  "refusal", "call",     "arguments", "tool_end",
                                                  "search",  "media",    "logprobs",  "finish"};
    text.append(kNames[int(event.type)]);
    if (event.type == Type::tool_call || event.type == Type::tool_arguments || event.type == Type::tool_end) {
      text += " #" + std::to_string(event.index);
    }
    for (std::string_view part :
         {event.text, event.id, event.name, event.raw, event.arguments.text, event.signature.text}) {
      if (!part.empty()) text.append(" ").append(part);
    }
    if (event.type == Type::finish) text += " " + std::to_string(int(event.finish));
    text += '\n';
  }
  void usage(const chat::Usage& usage) override { counts = usage; }
  void end() override { text += "end\n"; }
  void fail(const chat::Error& error) override {
    failure = error;
    text += "fail " + error.code + "\n";
  }
  std::string text;
  chat::Usage counts;
  chat::Error failure;
};

}  // namespace anthropic_test
