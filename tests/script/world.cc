#include "script/world.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "host/abi.h"
#include "script/core.h"

namespace fake {

namespace {
constexpr std::string_view kSeal = "toy-seal.";
constexpr int kWindDownRounds = 500;

Result get(World& world, const std::string& key) {
  auto found = world.storage.find(key);
  if (found == world.storage.end()) return {host::kNotFound};
  return {host::kOk, found->second};
}

Result put(World& world, std::string_view message) {
  std::string key(base::take_until(message, '\n'));
  base::take_until(message, '\n');  // the time to live: tests look at what is there, not for how long
  world.storage[key] = message;
  return {host::kOk};
}

Result list(World& world, const std::string& prefix) {
  Result result{host::kOk};
  for (const auto& [key, value] : world.storage) {
    if (key.starts_with(prefix) && !world.unlisted.contains(key)) result.data += key + "\n";
  }
  return result;
}

Result store(World& world, const Operation& operation) {
  using Kind = Operation::Kind;
  if (world.storage_fails || (world.fails && world.fails(operation))) return {503, "storage is down"};
  if (operation.kind == Kind::get) return get(world, operation.text);
  if (operation.kind == Kind::put) return put(world, operation.text);
  if (operation.kind == Kind::list) return list(world, operation.text);
  world.storage.erase(operation.text);
  return {host::kOk};
}

Result ask(World& world, std::string_view message) {
  std::string binding(base::take_until(message, '\n')), name(base::take_until(message, '\n'));
  std::string verb(base::take_until(message, '\n'));
  auto found = world.objects.find(binding);
  if (found == world.objects.end()) return {host::kNoBinding};
  return found->second(name, verb, message);
}

Result unsealed(World& world, const Operation& operation) {
  if (!world.can_seal) return {503, "no secret is set"};
  Result result{host::kOk};
  if (operation.kind == Operation::Kind::seal) {
    result.data = World::seal(operation.text);
  } else if (!World::unseal(operation.text, result.data)) {
    result.status = 400;
  }
  return result;
}

bool has(const Fetch& fetch, size_t least) {
  size_t there = 0;
  for (const std::string& chunk : fetch.chunks) there += chunk.size();
  return there >= least;
}

// Less than `least` is what is left when the response has ended, and lost when it has broken.
Result next_bytes(Fetch& fetch, size_t least) {
  if (!has(fetch, least) && fetch.end == Fetch::End::open) return {host::kNothingYet};
  if (!has(fetch, least) && fetch.end == Fetch::End::broken) return {host::kBroken};
  if (fetch.chunks.empty()) return {host::kEnd};
  Result result{host::kChunk};
  do {
    result.data += fetch.chunks.front();
    fetch.chunks.pop_front();
  } while (result.data.size() < least && !fetch.chunks.empty());
  return result;
}

Result result_of(World& world, const Operation& operation) {
  using Kind = Operation::Kind;
  Fetch* fetch = operation.exchange->fetch();
  switch (operation.kind) {
    case Kind::fetch:
      if (!fetch->status) return {host::kNothingYet};
      return {fetch->status, fetch->head};
    case Kind::read: return next_bytes(*fetch, operation.least);
    case Kind::get:
    case Kind::put:
    case Kind::erase:
    case Kind::list: return store(world, operation);
    case Kind::ask: return ask(world, operation.text);
    case Kind::seal:
    case Kind::unseal: return unsealed(world, operation);
    case Kind::sleep: return {host::kOk};
    case Kind::park: return {operation.woken ? host::kOk : host::kNothingYet};
  }
  return {host::kOk};
}
}  // namespace

void Fetch::answer(uint32_t http_status, std::string_view headers) {
  status = http_status;
  head = headers;
}
void Fetch::answer_whole(uint32_t http_status, std::string_view headers, std::string_view whole) {
  answer(http_status, headers);
  if (!whole.empty()) chunk(whole);
  finish();
}
void Fetch::refuse(std::string_view reason) {
  status = host::kNetwork;
  head = reason;
  end = End::broken;
}

std::string World::seal(std::string_view plain) { return std::string(kSeal) + base::base64_url(plain); }
bool World::unseal(std::string_view sealed, std::string& plain) {
  if (!sealed.starts_with(kSeal)) return false;
  auto decoded = base::base64_decode(sealed.substr(kSeal.size()));
  if (decoded) plain = *decoded;
  return decoded.has_value();
}

uint64_t World::random() {
  random_state_ ^= random_state_ << 13;
  random_state_ ^= random_state_ >> 7;
  random_state_ ^= random_state_ << 17;
  return random_state_;
}

void World::violation(const Exchange* exchange, std::string_view what) {
  violations.push_back((exchange ? exchange->name + ": " : std::string("an unknown exchange: ")) +
                       std::string(what));
}

bool World::is_ready(const Operation& operation) const {
  using Kind = Operation::Kind;
  if (operation.due_ms && operation.due_ms <= now_ms) return true;
  const Exchange& exchange = *operation.exchange;
  switch (operation.kind) {
    case Kind::fetch: return exchange.fetches.back().status != 0;
    case Kind::read: {
      const Fetch& fetch = exchange.fetches.back();
      bool held_back = exchange.wrote && !exchange.taking;
      return !held_back && (has(fetch, operation.least) || fetch.end != Fetch::End::open);
    }
    case Kind::sleep: return false;
    case Kind::park: return operation.woken;
    case Kind::seal:
    case Kind::unseal: return true;
    default: return !storage_waits;
  }
}

bool World::step() {
  std::vector<size_t> ready;
  for (size_t i = 0; i < waiting_.size(); i++) {
    if (is_ready(waiting_[i])) ready.push_back(i);
  }
  if (ready.empty()) return false;
  size_t chosen = ready[choose ? choose(ready.size()) % ready.size() : 0];
  Operation operation = std::move(waiting_[chosen]);
  waiting_.erase(waiting_.begin() + ptrdiff_t(chosen));
  complete(std::move(operation));
  return true;
}

void World::complete(Operation operation) {
  completions++;
  Exchange& exchange = *operation.exchange;
  if (leaves_now && leaves_now(operation)) leave(exchange);
  if (exchange.parted && !exchange.lingers) return;
  Result result = result_of(*this, operation);
  if (exchange.taking) exchange.wrote = false;
  exchange.core->complete(exchange.req, operation.op, result.status, result.data);
  part(exchange);
}

void World::settle() {
  while (step()) {}
}

int64_t World::next_due_ms() const {
  int64_t next = 0;
  for (const Operation& operation : waiting_) {
    if (operation.due_ms && (!next || operation.due_ms < next)) next = operation.due_ms;
  }
  return next;
}

void World::advance(int64_t ms) {
  int64_t until = now_ms + ms;
  settle();
  for (int64_t next; (next = next_due_ms()) && next <= until;) {
    now_ms = std::max(now_ms, next);
    settle();
  }
  now_ms = until;
}

void World::leave(Exchange& exchange) {
  if (exchange.over() || exchange.parted) return;
  exchange.left = exchange.parting = true;
  part(exchange);
}

void World::part(Exchange& exchange) {
  if (!exchange.parting) return;
  exchange.parting = false;
  // What the core begins to bring to an end, it begins while it is asked; it is asked once.
  exchange.lingers = !std::exchange(exchange.parted, true);
  if (exchange.lingers) exchange.lingers = exchange.core->cancel(exchange.req);
  if (exchange.lingers) return;
  if (Fetch* fetch = exchange.fetch()) fetch->closed = true;
  drop_operations(exchange);
}

void World::wind_down() {
  storage_waits = false;
  for (int round = 0; round < kWindDownRounds && !waiting_.empty(); round++) {
    for (Exchange& exchange : exchanges) {
      Fetch* fetch = exchange.fetch();
      if (!fetch || fetch->closed) continue;
      if (!fetch->status) fetch->refuse("the test is over");
      if (fetch->end == Fetch::End::open) fetch->cut();
      exchange.taking = true;
    }
    settle();
    if (int64_t next = next_due_ms()) advance(std::max<int64_t>(1, next - now_ms));
  }
}

Exchange& World::open(Core& core, uint32_t req, std::string_view name) {
  Exchange& exchange = exchanges.emplace_back();
  exchange.name = name;
  exchange.core = &core;
  exchange.req = req;
  return exchange;
}

Exchange* World::find(const Core& core, uint32_t req) {
  for (Exchange& exchange : exchanges) {
    if (exchange.core == &core && exchange.req == req) return &exchange;
  }
  return nullptr;
}

void World::start(Operation operation) { waiting_.push_back(std::move(operation)); }

void World::wake(const Core& core, uint32_t op) {
  for (Operation& operation : waiting_) {
    bool its = operation.kind == Operation::Kind::park && operation.op == op;
    if (its && operation.exchange->core == &core) operation.woken = true;
  }
}

void World::drop_operations(const Exchange& exchange) {
  std::erase_if(waiting_, [&](const Operation& operation) { return operation.exchange == &exchange; });
}

void World::forget(const Core& core) {
  for (Exchange& exchange : exchanges) {
    if (exchange.core == &core) drop_operations(exchange), exchange.core = nullptr;
  }
}

}  // namespace fake
