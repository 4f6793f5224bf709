#include "http/sse.h"

#include <gtest/gtest.h>

#include <vector>

namespace {

using Events = std::vector<std::string>;

Events decode(std::string_view bytes, size_t first, size_t step, size_t limit = 1 << 20) {
  http::SseDecoder decoder(limit);
  Events events;
  auto drain = [&] {
    for (;;) {
      auto result = decoder.next();
      if (result == http::SseDecoder::Step::too_large) events.push_back("too large");
      if (result != http::SseDecoder::Step::event) return;
      events.push_back(std::string(decoder.name()) + "|" + std::string(decoder.data()));
    }
  };
  for (size_t at = 0; at < bytes.size();) {
    std::string chunk(bytes.substr(at, at ? step : first));
    at += chunk.size();
    decoder.feed(chunk);
    drain();
  }
  decoder.close();
  drain();
  return events;
}

TEST(Sse, IsTheSameUnderEverySplit) {
  for (std::string end : {"\n", "\r\n", "\r"}) {
    std::string text;
    for (const char* line :
         {": comment", "", "event: x", "data: {\"a\":1}", "", "data:no space", "", "data: one", "data: two",
          "id: 3", "", "retry: 5", "", "data: last without a blank line"}) {
      text += line + end;
    }
    Events whole = decode(text, text.size(), 1);
    EXPECT_EQ(whole, (Events{"x|{\"a\":1}", "|no space", "|one\ntwo", "|last without a blank line"}));
    for (size_t first = 1; first < text.size(); first++) {
      for (size_t step : {size_t(1), size_t(3), text.size()})
        EXPECT_EQ(decode(text, first, step), whole) << first << " " << step;
    }
  }
}

TEST(Sse, BoundsAnEvent) {
  std::string text = "data: " + std::string(100, 'x') + "\n\n";
  for (const std::string& event : decode(text, 10, 10, 50)) EXPECT_EQ(event, "too large");
  EXPECT_FALSE(decode(text, 10, 10, 50).empty());
  EXPECT_EQ(decode(text, 10, 10, 200).size(), 1u);
}

}  // namespace
