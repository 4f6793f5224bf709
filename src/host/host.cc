#include "host/host.h"

#include <utility>
#include <vector>

namespace host {

namespace {

// An operation's id is its slot and the slot's generation, so that an id outlived by its operation finds
// nothing, even when the slot serves again.
constexpr uint32_t kGenerationBits = 12;
constexpr uint32_t kGenerationMask = (1u << kGenerationBits) - 1;

constexpr uint32_t kLargestRead = 64 << 10;  // bytes, as abi.h has it

struct Slot {
  Operation* operation = nullptr;
  uint32_t generation = 0;
};

struct Slots {
  std::vector<Slot> all;
  std::vector<uint32_t> free;

  uint32_t take(Operation* operation) {
    if (free.empty()) {
      free.push_back(uint32_t(all.size()));
      all.emplace_back();
    }
    uint32_t index = free.back();
    free.pop_back();
    Slot& slot = all[index];
    slot.operation = operation;
    slot.generation = (slot.generation + 1) & kGenerationMask;
    return index << kGenerationBits | slot.generation;
  }

  // The operation of `id`, whose slot is free afterwards; null if it is over.
  Operation* release(uint32_t id) {
    uint32_t index = id >> kGenerationBits;
    if (index >= all.size() || !all[index].operation || all[index].generation != (id & kGenerationMask))
      return nullptr;
    free.push_back(index);
    return std::exchange(all[index].operation, nullptr);
  }
};

Slots& slots() {
  static Slots instance;
  return instance;
}

}  // namespace

Operation::~Operation() {
  if (waiter_) slots().release(op_);
}

void Operation::await_suspend(std::coroutine_handle<> waiter) {
  waiter_ = waiter;
  op_ = slots().take(this);
  start_(req_, op_, text_, number_);
  if (spent_) std::string().swap(*spent_);
}

bool Operation::complete(uint32_t op, Completion completion) {
  Operation* operation = slots().release(op);
  if (!operation) return false;
  operation->completion_ = completion;
  std::exchange(operation->waiter_, {}).resume();
  return true;
}

Operation fetch(uint32_t req, std::string& message, uint32_t ms) {
  return {req,
          [](uint32_t r, uint32_t op, std::string_view m, uint32_t n) {
            host_fetch(r, op, m.data(), m.size(), n);
          },
          message, ms, &message};
}
Operation head(uint32_t req, uint32_t ms) {
  return {req, [](uint32_t r, uint32_t op, std::string_view, uint32_t n) { host_head(r, op, n); }, {}, ms};
}
template <uint32_t least>
static void start_read(uint32_t req, uint32_t op, std::string_view, uint32_t ms) {
  host_read(req, op, least, ms);
}
Operation read(uint32_t req, uint32_t ms, bool all) {
  return {req, all ? start_read<kLargestRead> : start_read<1>, {}, ms};
}
void close(uint32_t req) { host_close(req); }

Operation get(uint32_t req, std::string_view key) {
  return {req,
          [](uint32_t r, uint32_t op, std::string_view k, uint32_t) { host_get(r, op, k.data(), k.size()); },
          key};
}
Operation put(uint32_t req, std::string_view message) {
  return {req,
          [](uint32_t r, uint32_t op, std::string_view m, uint32_t) { host_put(r, op, m.data(), m.size()); },
          message};
}
Operation erase(uint32_t req, std::string_view key) {
  return {
      req,
      [](uint32_t r, uint32_t op, std::string_view k, uint32_t) { host_erase(r, op, k.data(), k.size()); },
      key};
}
Operation list(uint32_t req, std::string_view prefix) {
  return {req,
          [](uint32_t r, uint32_t op, std::string_view p, uint32_t) { host_list(r, op, p.data(), p.size()); },
          prefix};
}
Operation ask(uint32_t req, std::string_view message) {
  return {req,
          [](uint32_t r, uint32_t op, std::string_view m, uint32_t) { host_ask(r, op, m.data(), m.size()); },
          message};
}
Operation seal(uint32_t req, std::string_view plain) {
  return {req,
          [](uint32_t r, uint32_t op, std::string_view p, uint32_t) { host_seal(r, op, p.data(), p.size()); },
          plain};
}
Operation unseal(uint32_t req, std::string_view sealed) {
  return {
      req,
      [](uint32_t r, uint32_t op, std::string_view s, uint32_t) { host_unseal(r, op, s.data(), s.size()); },
      sealed};
}

namespace {
std::vector<Hold*>& holds() {
  static std::vector<Hold*> all;  // few, and seldom any
  return all;
}
}  // namespace

Hold::Hold(uint32_t req) : req_(req) { holds().push_back(this); }
Hold::~Hold() { std::erase(holds(), this); }
Hold* Hold::of(uint32_t req) {
  for (Hold* hold : holds()) {
    if (hold->req_ == req) return hold;
  }
  return nullptr;
}
Hold::Ending Hold::end() {
  std::erase(holds(), this);
  return {left_};
}

Operation sleep(uint32_t req, uint32_t ms) {
  return {req, [](uint32_t r, uint32_t op, std::string_view, uint32_t n) { host_sleep(r, op, n); }, {}, ms};
}

uint32_t* Park::receiver_ = nullptr;

void Park::start(uint32_t req, uint32_t op, std::string_view, uint32_t ms) {
  *receiver_ = op;
  host_park(req, op, ms);
}
void Park::await_suspend(std::coroutine_handle<> waiter) {
  receiver_ = op_;
  operation_.await_suspend(waiter);
}
void wake(uint32_t op) { host_wake(op); }

void answer(uint32_t req, std::string_view message) { host_answer(req, message.data(), message.size()); }
void respond(uint32_t req, std::string_view head) { host_respond(req, head.data(), head.size()); }
void write(uint32_t req, std::string_view bytes) { host_write(req, bytes.data(), bytes.size()); }
void finish(uint32_t req) { host_finish(req); }

int64_t now_ms() { return int64_t(host_now()); }

std::string random(uint32_t size) {
  std::string bytes(size, '\0');
  host_random(bytes.data(), size);
  return bytes;
}

void log(Level level, std::string_view line) { host_log(uint32_t(level), line.data(), line.size()); }

}  // namespace host
