// A frame of Kiro's stream is read without the heap: what memory is taken, the first frames have taken.
// The sanitizer's allocator counts, so the test is part of the builds that have it, as that of npm test.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)

#include <gtest/gtest.h>
#include <sanitizer/allocator_interface.h>

#include <fstream>
#include <iterator>
#include <string>

#include "http/event_stream.h"
#include "protocol/protocol.h"

namespace {

int allocations = 0;
void count(const volatile void*, size_t) { allocations++; }
void ignore(const volatile void*) {}

struct Nowhere final : chat::Sink {
  int events = 0;
  void event(const chat::Event&) override { events++; }
  void usage(const chat::Usage&) override {}
  void end() override {}
  void fail(const chat::Error& error) override { FAIL() << error.message; }
};

// The frames of 01-text.bin that carry text, without those that end the answer.
std::string text_frames() {
  std::ifstream file(ISTHMUS_TESTS "/fixtures/kiro-frames/01-text.bin", std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}}, out;
  http::EventStreamDecoder frames(1 << 20);
  frames.feed(bytes);
  size_t at = 0;
  while (frames.next() == http::EventStreamDecoder::Step::event) {
    auto byte = [&](size_t i) { return size_t(uint8_t(bytes[at + i])); };
    size_t size = byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
    if (frames.name() == "assistantResponseEvent") out.append(bytes, at, size);
    at += size;
  }
  return out;
}

TEST(KiroStream, NoAllocationPerFrame) {
  ASSERT_TRUE(__sanitizer_install_malloc_and_free_hooks(count, ignore));
  const std::string once = text_frames();
  std::string chunk;
  while (chunk.size() < 60'000) chunk += once;
  Nowhere sink;
  auto decoder = protocol::kCodewhisperer.decoder();
  decoder->begin({}, {});
  http::EventStreamDecoder frames(1 << 20);
  int read = 0, later = 0;
  for (int round = 0; round < 4; round++) {
    int before = allocations;
    frames.feed(chunk);
    while (frames.next() == http::EventStreamDecoder::Step::event) {
      ASSERT_TRUE(decoder->event(frames.name(), frames.data(), sink));
      read++;
    }
    if (round > 0) later += allocations - before;
  }
  EXPECT_GT(allocations, 0) << "the hook is deaf";
  EXPECT_GT(read, 1000);
  EXPECT_GT(sink.events, 1000);
  EXPECT_EQ(later, 0);
}

}  // namespace

#endif
#endif
