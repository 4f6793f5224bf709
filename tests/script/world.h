// The outside world of one test: storage, clock, randomness, upstreams and clients, for any number of
// instances of the core. Nothing happens by itself: operations of the core wait until step() completes one.
//
// Everything is deterministic: the same calls give the same bytes. What the core must never do (answer twice,
// write before it responded, go on after the end) is noted in `violations`.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fake {

class Core;

// One upstream request of an exchange, and the answer that a test gives it.
struct Fetch {
  std::string method, url, headers, body;
  bool seen = false;    // for tests that go through the requests one by one
  bool closed = false;  // the core gave it up, or asked for something else
  uint32_t status = 0;  // 0: not answered yet
  std::string head;     // of the answer: header lines, or the reason of a network error
  std::deque<std::string> chunks;
  enum class End : uint8_t { open, ended, broken } end = End::open;

  void answer(uint32_t http_status, std::string_view headers);
  // A whole answer: head, body in one chunk, end.
  void answer_whole(uint32_t http_status, std::string_view headers, std::string_view body);
  void chunk(std::string_view bytes) { chunks.emplace_back(bytes); }
  void finish() { end = End::ended; }
  void cut() { end = End::broken; }
  void refuse(std::string_view reason);
};

// One client request (or cron tick) in flight, as the host sees it.
struct Exchange {
  std::string name;
  std::string path;  // of the request, without its query
  Core* core = nullptr;
  uint32_t req = 0;
  std::deque<Fetch> fetches;
  std::string head;    // "200\nname: value\n...", once there is one
  std::string body;    // all bytes the client has got
  bool whole = false;  // by answer(), in one piece
  bool taking = true;  // false: the client does not take what was written; reads wait (back-pressure)
  bool wrote = false;  // since the client last took anything
  bool finished = false, left = false;
  bool parting = false;  // it has its answer, and the core has not been asked yet whether that is all
  bool parted = false;   // the core knows that the client is through
  bool lingers = false;  // but has something to bring to an end

  bool responded() const { return !head.empty(); }
  bool over() const { return (finished || left) && !lingers; }
  Fetch* fetch() { return fetches.empty() ? nullptr : &fetches.back(); }
};

struct Operation {
  enum class Kind : uint8_t { fetch, read, get, put, erase, list, ask, seal, unseal, sleep, park };
  Kind kind;
  Exchange* exchange;
  uint32_t op;
  std::string text;
  int64_t due_ms;  // when the wait ends without a result; 0: never
  bool woken = false;
  uint32_t least = 1;  // read: bytes that it waits for
};

// What a Durable Object or the storage says.
struct Result {
  uint32_t status;
  std::string data = {};
};

class World {
 public:
  explicit World(uint64_t seed = 1) { reseed(seed); }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // ---- what tests set and look at
  int64_t now_ms = 1'800'000'000'000;
  std::map<std::string, std::string> storage;
  bool storage_fails = false;
  bool storage_waits = false;                   // its operations do not complete for now
  std::function<bool(const Operation&)> fails;  // which of its operations fail, if not all
  std::set<std::string> unlisted;               // keys that are there, but in no list of keys yet
  bool can_seal = true;                         // false: the Worker has no secret
  std::vector<std::string> log;
  std::vector<std::string> violations;
  std::list<Exchange> exchanges;  // stable addresses; in order of their start
  uint64_t completions = 0;       // operations completed so far
  // The Durable Objects, by binding: each called with the object's name, the verb and the body. A binding
  // that is not here is not there.
  std::map<std::string, std::function<Result(const std::string&, const std::string&, std::string_view)>>
      objects;
  // Called with each new upstream request. May answer it at once.
  std::function<void(Exchange&, Fetch&)> on_fetch;
  // Chooses which of `n` ready operations completes next; the oldest if not set.
  std::function<size_t(size_t n)> choose;
  // Asked before an operation completes; true: the operation's client leaves instead.
  std::function<bool(const Operation&)> leaves_now;

  // The seal is a toy that hides nothing from a person with a decoder, but no secret stands in it verbatim.
  static std::string seal(std::string_view plain);
  // False if `sealed` is not ours.
  static bool unseal(std::string_view sealed, std::string& plain);
  void reseed(uint64_t seed) { random_state_ = seed * 0x9e3779b97f4a7c15u + 1; }

  // ---- time
  // Completes one operation that is ready. False: none is.
  bool step();
  // Completes operations until none is ready.
  void settle();
  // Lets `ms` pass; whatever falls due on the way completes at its time.
  void advance(int64_t ms);
  // The next moment at which a wait ends; 0: nothing waits for time.
  int64_t next_due_ms() const;
  const std::vector<Operation>& waiting() const { return waiting_; }

  // ---- clients
  // The client of `exchange` hangs up.
  void leave(Exchange& exchange);
  // After each turn of the core: has it answered, and is that all?
  void part(Exchange& exchange);
  // Refuses every open upstream request and lets time pass until nothing is left to do.
  void wind_down();

  // ---- for Core only
  Exchange& open(Core& core, uint32_t req, std::string_view name);
  Exchange* find(const Core& core, uint32_t req);
  void start(Operation operation);
  void wake(const Core& core, uint32_t op);
  void forget(const Core& core);
  void drop_operations(const Exchange& exchange);
  uint64_t random();
  void violation(const Exchange* exchange, std::string_view what);

 private:
  bool is_ready(const Operation& operation) const;
  void complete(Operation operation);

  std::vector<Operation> waiting_;
  uint64_t random_state_ = 1;
};

}  // namespace fake
