#include "http/event_stream.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/crc32.h"
#include "json/document.h"

namespace {

using http::EventStreamDecoder;
using Step = EventStreamDecoder::Step;

std::string read_file(const std::string& name) {
  std::ifstream file(std::string(ISTHMUS_TESTS) + "/fixtures/kiro-frames/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Frame {
  std::string message_type, type, payload;
  bool operator==(const Frame&) const = default;
};
struct Decoded {
  std::vector<Frame> frames;
  Step last = Step::more;
};

void drain(EventStreamDecoder& decoder, Decoded& out) {
  while ((out.last = decoder.next()) == Step::event) {
    std::string_view event = decoder.header(":event-type");
    std::string type(event.empty() ? decoder.header(":exception-type") : event);
    out.frames.push_back(
        {std::string(decoder.header(":message-type")), type, std::string(decoder.payload())});
  }
}

// Each piece is a copy that is gone before the next one comes.
Decoded decode(const std::vector<std::string_view>& pieces, size_t limit = 1 << 20) {
  EventStreamDecoder decoder(limit);
  Decoded out;
  for (std::string_view piece : pieces) {
    std::string chunk(piece);
    decoder.feed(chunk);
    drain(decoder, out);
  }
  decoder.feed({});
  decoder.close();
  drain(decoder, out);
  return out;
}

std::vector<std::string_view> cut(std::string_view bytes, size_t size) {
  std::vector<std::string_view> pieces;
  for (size_t at = 0; at < bytes.size(); at += size) pieces.push_back(bytes.substr(at, size));
  return pieces;
}

std::vector<Frame> frames_of(json::Value entry) {
  std::vector<Frame> frames;
  for (auto [_, frame] : entry["frames"].items()) {
    json::Value headers = frame["headers"];
    std::string type = headers[":event-type"].str();
    if (type.empty()) type = headers[":exception-type"].str();
    frames.push_back({headers[":message-type"].str(), type, frame["payload"].str()});
  }
  return frames;
}

TEST(Crc32, CheckValue) {
  EXPECT_EQ(base::crc32("123456789"), 0xcbf43926u);
  EXPECT_EQ(base::crc32(""), 0u);
}

TEST(EventStream, EveryFixtureAsItsManifestSaysHoweverItIsCut) {
  std::string manifest = read_file("manifest.json");
  json::Document document;
  ASSERT_EQ(document.parse(manifest), json::Error::none);
  size_t files = 0;
  for (auto [name, entry] : document.root().items()) {
    SCOPED_TRACE(name.str());
    std::string bytes = read_file(name.str());
    std::vector<Frame> expected = frames_of(entry);
    Step end = entry["badFrame"] ? Step::corrupt : entry["cutFrame"] ? Step::truncated : Step::more;
    for (size_t size = 1; size <= 64; size++) {
      Decoded got = decode(cut(bytes, size));
      ASSERT_EQ(got.frames, expected) << "in pieces of " << size;
      ASSERT_EQ(got.last, end) << "in pieces of " << size;
    }
    for (size_t at = 0; at <= bytes.size(); at++) {
      std::string_view all = bytes;
      Decoded got = decode({all.substr(0, at), all.substr(at)});
      ASSERT_EQ(got.frames, expected) << "split at " << at;
      ASSERT_EQ(got.last, end) << "split at " << at;
    }
    files++;
  }
  EXPECT_EQ(files, 21u);
}

TEST(EventStream, APageOfHtmlIsCorruptAtOnce) {
  EXPECT_EQ(decode({"<html><body>Service unavailable</body></html>"}).last, Step::corrupt);
}

TEST(EventStream, AFrameOverTheLimitIsSaid) {
  EXPECT_EQ(decode({read_file("01-text.bin")}, 100).last, Step::too_large);
}

TEST(EventStream, HeadersOfOtherTypesAreSteppedOver) {
  EventStreamDecoder decoder(1 << 20);
  std::string bytes = read_file("15-all-header-types.bin");
  decoder.feed(bytes);
  bool seen = false;
  while (decoder.next() == Step::event) seen |= decoder.header(":message-type") == "event";
  EXPECT_TRUE(seen);
  EXPECT_EQ(decoder.header("not-there"), "");
}

}  // namespace
