// How much was used, by whom, of what: counted in the instance, kept by one Durable Object (binding LEDGER,
// js-shim/ledger.js) for all instances.
//
// Counting is one addition in memory. What was counted goes to the ledger in batches, after an answer is over
// and never in its way: at once when the last batch left more than USAGE_FLUSH_MS ago, else as soon as that
// time has passed. A batch that failed is sent again as it is, and the ledger counts it once.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/task.h"

namespace gateway {

// What a row tells apart. js-shim/ledger.js has the same, in this order.
enum class Part : uint8_t { day, key, account, provider, model };
constexpr size_t kParts = 5;
constexpr std::string_view kPartNames[kParts] = {"day", "key", "account", "provider", "model"};
// Which parts: bit n is the nth.
using Parts = uint8_t;
constexpr Parts kAllParts = (1 << kParts) - 1;

enum class Count : uint8_t {
  requests,   // generations that a client asked for
  failures,   // of them: ended with an error, before or within the answer
  cancelled,  // of them: the client left before the end
  begun,      // of them: an answer had begun
  input,      // tokens, `cached` included
  cached,     // tokens that the upstream had in its cache
  output,     // tokens, `reasoning` included
  reasoning,
  latency_ms,     // until the end, all requests together
  first_byte_ms,  // until the answer began, all that have `begun` together
};
constexpr size_t kCounts = 10;
struct Counts {
  std::array<int64_t, kCounts> of{};
  int64_t& operator[](Count count) { return of[size_t(count)]; }
  int64_t operator[](Count count) const { return of[size_t(count)]; }
  void add(const Counts& more) {
    for (size_t i = 0; i < kCounts; i++) of[i] += more.of[i];
  }
};

// Rows by their parts, which are joined by tabs; parts that are not told apart are empty.
using UsageRows = std::map<std::string, Counts, std::less<>>;

// Adds lines as batches and the ledger's answers have them ("day\tkey\t...\tcount\t..."), with only `parts`
// told apart. Lines of days outside `from` to `to` (both included, empty: open) are left out.
void add_lines(std::string_view lines, Parts parts, std::string_view from, std::string_view to,
               UsageRows& rows);

// One more generation; it ended at this moment.
void count_usage(std::string_view key, std::string_view account, std::string_view provider,
                 std::string_view model, const Counts& counts);

// Sends what was counted to the ledger, unless another exchange is at it.
base::Task<> flush_usage(uint32_t req);
// The end of an exchange that may have counted something: reports to the key's meter and flushes when it is
// time. Holds the exchange: its client has its answer, or has left.
base::Task<> close_books(uint32_t req);

enum class UsageSource : uint8_t {
  ledger,       // everything
  instance,     // no ledger is bound: what this instance has counted
  unavailable,  // the ledger did not answer: what this instance has not been able to tell it
};
// The usage of the days `from` to `to`, after a flush, added to `rows`. Both empty: of all time, with the
// days in one.
base::Task<UsageSource> read_usage(uint32_t req, Parts parts, std::string from, std::string to,
                                   UsageRows& rows);

}  // namespace gateway
