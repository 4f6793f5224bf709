#include "gateway/usage.h"

#include <algorithm>
#include <utility>

#include "account/limits.h"
#include "base/date.h"
#include "base/text.h"
#include "config/settings.h"
#include "host/host.h"

namespace gateway {

namespace {

constexpr size_t kMaxRows = 1000;   // in memory; what does not fit is counted together
constexpr size_t kBatchRows = 200;  // of one batch
// After this an exchange that sends or sleeps has been stopped by the platform.
constexpr int64_t kGoneMs = 30'000;
constexpr int kRounds = 2;  // the second is for what came during the first, or for one that failed

constexpr uint32_t kStepMs = 50;
constexpr int kSteps = 40;

struct Books {
  UsageRows rows;     // not in a batch yet
  std::string batch;  // under way, or to be sent again: "SENDER\nNUMBER\n" and lines; empty: none
  std::string sender;
  int64_t number = 0;
  int64_t due_ms = 0;         // the next batch may leave
  int64_t sending_until = 0;  // an exchange is sending
  int64_t waiting_until = 0;  // an exchange waits until it may send
  bool absent = false;        // this deployment has no ledger

  bool empty() const { return rows.empty() && batch.empty(); }
};
Books& books() {
  static Books instance;
  return instance;
}

void append_line(const std::string& parts, const Counts& counts, std::string& out) {
  out += parts;
  for (int64_t count : counts.of) base::append_int(out += '\t', count);
  out += '\n';
}

std::string_view lines_of(std::string_view batch) {
  base::take_until(batch, '\n');
  base::take_until(batch, '\n');
  return batch;
}

void make_batch(Books& own) {
  if (own.sender.empty()) own.sender = base::hex(host::random(12));
  own.batch = own.sender;
  base::append_int(own.batch += '\n', ++own.number);
  own.batch += '\n';
  for (size_t n = 0; n < kBatchRows && !own.rows.empty(); n++) {
    append_line(own.rows.begin()->first, own.rows.begin()->second, own.batch);
    own.rows.erase(own.rows.begin());
  }
}

base::Task<host::Completion> ask(uint32_t req, std::string what) {
  std::string message = "LEDGER\nledger\n" + what;
  host::Completion said = co_await host::ask(req, message);
  books().absent = said.status == host::kNoBinding;
  co_return said;
}

// Sends what there is when it is time. A batch that fails gets a second try, if the platform lets it live so
// long.
base::Task<> flush_when_due(uint32_t req) {
  Books& own = books();
  for (int round = 0; round < kRounds && !own.empty(); round++) {
    int64_t now = host::now_ms();
    // Whoever sends or waits looks again afterwards.
    if (own.absent || own.waiting_until > now || own.sending_until > now) co_return;
    if (int64_t wait = own.due_ms - host::now_ms(); wait > 0) {
      own.waiting_until = host::now_ms() + wait + kGoneMs;
      co_await host::sleep(req, uint32_t(wait));
      own.waiting_until = 0;
    }
    co_await flush_usage(req);
  }
}

}  // namespace

void add_lines(std::string_view lines, Parts parts, std::string_view from, std::string_view to,
               UsageRows& rows) {
  while (!lines.empty()) {
    std::string_view line = base::take_until(lines, '\n'), day = line.substr(0, line.find('\t'));
    if ((!from.empty() && day < from) || (!to.empty() && day > to)) continue;
    std::string name;
    for (size_t part = 0; part < kParts; part++) {
      std::string_view word = base::take_until(line, '\t');
      if (part) name += '\t';
      if (parts >> part & 1) name += word;
    }
    Counts counts;
    for (int64_t& count : counts.of) count = base::to_int(base::take_until(line, '\t')).value_or(0);
    if (counts[Count::requests]) rows[name].add(counts);
  }
}

void count_usage(std::string_view key, std::string_view account, std::string_view provider,
                 std::string_view model, const Counts& counts) {
  UsageRows& rows = books().rows;
  std::string name = base::day_of(host::now_ms());
  for (std::string_view part : {key, account, provider, model}) name.append("\t").append(part);
  auto found = rows.find(name);
  if (found == rows.end() && rows.size() >= kMaxRows) {
    name = name.substr(0, name.find('\t')) + "\t\t\t\tother";
  }
  rows[name].add(counts);
}

base::Task<> flush_usage(uint32_t req) {
  Books& own = books();
  if (own.absent || own.sending_until > host::now_ms()) co_return;
  own.sending_until = host::now_ms() + kGoneMs;
  own.due_ms = host::now_ms() + config::settings().usage_flush_ms;
  // What comes meanwhile is not sent at once, or a busy instance would never be through.
  for (size_t batches = own.rows.size() / kBatchRows + 2; batches > 0 && !own.empty(); batches--) {
    if (own.batch.empty()) make_batch(own);
    host::Completion said = co_await ask(req, "add\n" + own.batch);
    if (said.status == host::kNoBinding) add_lines(lines_of(own.batch), kAllParts, {}, {}, own.rows);
    bool over = said.status == host::kOk || said.status == host::kNoBinding;
    if (over) own.batch.clear();
    if (said.status != host::kOk) break;
  }
  own.sending_until = 0;
}

base::Task<> close_books(uint32_t req) {
  host::Hold hold(req);
  co_await account::report_spent(req);
  co_await flush_when_due(req);
}

base::Task<UsageSource> read_usage(uint32_t req, Parts parts, std::string from, std::string to,
                                   UsageRows& rows) {
  Books& own = books();
  // A batch that is under way would be seen twice, or not at all.
  for (int n = 0; n < kSteps && own.sending_until > host::now_ms(); n++) co_await host::sleep(req, kStepMs);
  co_await flush_usage(req);
  UsageSource source = UsageSource::instance;
  if (!own.absent) {
    std::string what = "totals\n";
    if (!from.empty()) {
      what = "read\n" + from + "\n" + to + "\n";
      for (size_t part = 0; part < kParts; part++)
        if (parts >> part & 1) what.append(kPartNames[part]).append(",");
    }
    host::Completion said = co_await ask(req, std::move(what));
    if (said.status == host::kOk) {
      add_lines(said.data, parts, {}, {}, rows);
      source = UsageSource::ledger;
    } else if (said.status != host::kNoBinding) {
      source = UsageSource::unavailable;
    }
  }
  std::string unsent(lines_of(own.batch));
  for (const auto& [name, counts] : own.rows) append_line(name, counts, unsent);
  add_lines(unsent, parts, from, to, rows);
  co_return source;
}

}  // namespace gateway
