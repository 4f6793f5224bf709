#include "account/board.h"

#include <algorithm>

#include "account/pool.h"
#include "base/text.h"
#include "host/host.h"
#include "json/document.h"
#include "json/writer.h"

namespace account {

namespace {

constexpr int64_t kFreshMs = 60'000;
constexpr int64_t kRetryMs = 5'000;  // after the object did not answer
constexpr int kTries = 3;            // when others post about the same account at the same time
constexpr std::string_view kReady = R"({"state":"ready"})";

// Statuses of the object's answers; js-shim/board.js gives them.
enum : uint32_t { kUnchanged = 304, kOutdated = 409 };

// An account that a person puts in again is another one.
std::string key_of(const Account& account) {
  const Credential& credential = account.credential;
  return base::url_encode(credential.id) + "." +
         (account.from_environment ? account.configured_digest : base::to_text(credential.added_ms));
}

bool is_stopped(State state) { return state == State::quarantined || state == State::needs_login; }

State state_of(json::Value name) {
  for (State state : {State::quarantined, State::needs_login}) {
    if (name.equals(name_of(state))) return state;
  }
  return State::ready;
}

void write_rest(const Rest& rest, json::Writer& w) {
  w.begin_array().number(rest.until_ms).number(rest.length_ms);
  if (rest.firm) w.number(1);
  w.end_array();
}

// No rest is longer here than this instance would make it.
Rest read_rest(json::Value value, int64_t now) {
  int64_t numbers[3] = {0, 0, 0};
  size_t count = 0;
  for (auto [_, number] : value.items()) {
    if (count < 3) numbers[count++] = number.to_int();
  }
  bool firm = numbers[2] == 1;
  int64_t longest = longest_rest_ms(firm);
  return {std::min(numbers[0], now + longest), std::clamp<int64_t>(numbers[1], 0, longest), false, firm};
}

void take_rest(const Rest& posted, bool merge, Rest& rest) {
  if (!merge || rest.transient || posted.until_ms > rest.until_ms) rest = posted;
}

}  // namespace

Board& board() {
  static Board instance;
  return instance;
}

std::string entry_of(const Account& account) {
  auto matters = [](const Rest& rest) { return rest.until_ms && !rest.transient; };
  bool any = matters(account.resting) || is_stopped(account.state);
  for (const auto& [_, rest] : account.model_rests) any |= matters(rest);
  if (!any) return std::string(kReady);
  std::string text;
  json::Writer w(text);
  w.begin_object().key("state").string(is_stopped(account.state) ? name_of(account.state) : "ready");
  w.key("reason").string(account.reason);
  if (matters(account.resting)) write_rest(account.resting, w.key("rest"));
  w.key("models").begin_object();
  for (const auto& [model, rest] : account.model_rests) {
    if (matters(rest)) write_rest(rest, w.escaped_key(json::escaped(model)));
  }
  w.end_object().end_object();
  return text;
}

void take_entry(std::string_view text, bool merge, Account& account) {
  json::Document document;
  if (document.parse(text) != json::Error::none || !document.root()["state"].is_string()) return;
  json::Value entry = document.root();
  int64_t now = host::now_ms();
  account.on_board = text != kReady;
  if (account.state == State::retired) return;
  State posted = state_of(entry["state"]);
  bool worse = is_stopped(posted) || !is_stopped(account.state);
  if (!merge || worse) {
    account.state = posted;
    if (!merge || is_stopped(posted)) account.reason = entry["reason"].str();
  }
  take_rest(read_rest(entry["rest"], now), merge, account.resting);
  if (!merge) std::erase_if(account.model_rests, [](const auto& rest) { return !rest.second.transient; });
  for (auto [model, rest] : entry["models"].items())
    take_rest(read_rest(rest, now), merge, account.model_rests[model.str()]);
}

base::Task<> Board::sync(uint32_t req) {
  while (!absent_ && fresh_until_ms_ <= host::now_ms()) {
    if (!reading_.busy()) {
      co_await read(req);
      break;
    }
    // Only the very first reading is worth waiting for: a quarantine must hold from the start.
    if (read_once_ || !co_await reading_.wait(req)) break;
  }
  for (const AccountPtr& account : pool().all()) {
    if (!account->informed) inform(*account);
  }
  co_await tell(req);
}

base::Task<> Board::read(uint32_t req) {
  Flight::Lead lead(reading_);
  std::string message = "BOARD\nboard\nread\n" + base::to_text(int64_t(revision_));
  host::Completion answer = co_await host::ask(req, message);
  absent_ = answer.status == host::kNoBinding;
  bool heard = answer.status == host::kOk || answer.status == kUnchanged;
  fresh_until_ms_ = host::now_ms() + (heard ? kFreshMs : kRetryMs);
  read_once_ = true;
  if (answer.status != host::kOk) co_return;
  std::string_view lines = answer.data;
  uint64_t revision = uint64_t(base::to_int(base::take_until(lines, '\n')).value_or(0));
  if (revision < revision_) entries_.clear();  // the object has lost its memory, and tells all it has
  revision_ = revision;
  take(lines);
  for (const AccountPtr& account : pool().all()) inform(*account);
}

void Board::take(std::string_view lines) {
  while (!lines.empty()) {
    std::string_view text = base::take_until(lines, '\n');
    auto revision = base::to_int(base::take_until(text, ' '));
    std::string key(base::take_until(text, ' '));
    if (revision && !key.empty()) entries_[key] = {uint64_t(*revision), std::string(text)};
  }
}

void Board::inform(Account& account) {
  account.informed = true;
  auto found = entries_.find(key_of(account));
  if (found == entries_.end() || found->second.revision == account.board_revision) return;
  take_entry(found->second.text, account.untold, account);
  account.board_revision = found->second.revision;
}

base::Task<> Board::tell(uint32_t req) {
  const auto& all = pool().all();
  auto untold = [](const AccountPtr& account) { return account->untold; };
  if (absent_ || quiet_until_ms_ > host::now_ms() || std::none_of(all.begin(), all.end(), untold)) co_return;
  std::vector<AccountPtr> accounts = all;
  host::Hold hold(req);  // its client may leave: what was found out is for all
  for (const AccountPtr& account : accounts) {
    if (account->untold) co_await post(req, account);
  }
  co_await hold.end();
}

base::Task<> Board::post(uint32_t req, AccountPtr account) {
  std::string key = key_of(*account);
  for (int tries = 0; tries < kTries && account->untold; tries++) {
    account->untold = false;
    std::string text = entry_of(*account);
    auto found = entries_.find(key);
    uint64_t seen = found == entries_.end() ? 0 : found->second.revision;
    std::string message = "BOARD\nboard\npost\n" + key + "\n";
    message.append(base::to_text(int64_t(seen))).append("\n").append(text);
    host::Completion answer = co_await host::ask(req, message);
    if (answer.status == host::kOk) {
      uint64_t revision = uint64_t(base::to_int(answer.data).value_or(0));
      account->on_board = text != kReady;
      entries_[key] = {revision, std::move(text)};
      account->board_revision = revision;
    } else if (answer.status == kOutdated) {
      account->untold = true;
      take(answer.data);
      inform(*account);  // merges
    } else {
      absent_ = answer.status == host::kNoBinding;
      account->untold = true;
      quiet_until_ms_ = host::now_ms() + kRetryMs;
      co_return;
    }
  }
}

}  // namespace account
